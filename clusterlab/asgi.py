"""HTTP and WebSockets through one door."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")
django_application = get_asgi_application()

from django.urls import path  # noqa: E402  (Django must be set up first.)

from clusterlab.labs.bodies import bounded  # noqa: E402
from clusterlab.labs.consumer import LabConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": bounded(django_application),
        "websocket": AllowedHostsOriginValidator(
            URLRouter([path("ws/lab/<str:lab_id>", LabConsumer.as_asgi())])
        ),
    }
)
