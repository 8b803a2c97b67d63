"""Labs hosted in Celery workers: journal, ownership, pace, frames."""
