"""The Celery application. Workers host labs; see runtime/host.py."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")

# Containers run as root, and what Celery warns of is unpickling, which is switched off.
warnings.simplefilter("ignore", SecurityWarning)

app = Celery("clusterlab")
app.config_from_object("django.conf:settings", namespace="CELERY")
for module in ("tasks", "lookback", "retention"):
    app.autodiscover_tasks(["clusterlab.runtime"], related_name=module)
