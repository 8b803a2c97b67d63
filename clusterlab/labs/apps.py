"""The app of labs on the web."""

from django.apps import AppConfig


class LabsConfig(AppConfig):
    """Pages and sockets."""

    name = "clusterlab.labs"
    label = "labs"
