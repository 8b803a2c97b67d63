"""The app of the runtime."""

from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    """Owns labs, journals and checkpoints."""

    name = "clusterlab.runtime"
    label = "runtime"
