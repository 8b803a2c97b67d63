"""The world outside the simulation: Django, Channels, Celery."""

from clusterlab.celery import app as celery_app

__all__ = ["celery_app"]
