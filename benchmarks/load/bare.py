"""The peer of live.py: a consumer that passes a text on, and nothing else."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.load.settings")
get_asgi_application()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

GROUP = "bare"


class BareConsumer(AsyncWebsocketConsumer):
    """One client of the group."""

    groups = [GROUP]

    async def connect(self) -> None:
        await self.accept()
        await self.send(text_data="{}")  # as the product's sockets do, which tell a snapshot

    async def passed_on(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter({"websocket": URLRouter([path("", BareConsumer.as_asgi())])})
