"""The Celery application. Workers host labs; see runtime/host.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")

app = Celery("clusterlab")
app.config_from_object("django.conf:settings", namespace="CELERY")
for module in ("tasks", "lookback", "retention"):
    app.autodiscover_tasks(["clusterlab.runtime"], related_name=module)
