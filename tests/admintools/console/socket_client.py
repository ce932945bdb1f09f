"""A WebSocket client of the application in this process (channels.testing needs daphne)."""

import json
from urllib.parse import unquote, urlsplit

from asgiref.testing import ApplicationCommunicator


class SocketClient(ApplicationCommunicator):
    """Speaks ASGI's websocket events with the application."""

    def __init__(self, application, address, headers):
        parts = urlsplit(address)
        self.scope = {
            "type": "websocket",
            "path": unquote(parts.path),
            "query_string": parts.query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, self.scope)

    async def connect(self):
        """Whether the handshake was accepted."""
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout=3))["type"] == "websocket.accept"

    async def say(self, message):
        await self.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def say_raw(self, **content):
        await self.send_input({"type": "websocket.receive", **content})

    async def hear(self):
        """The next message of the server. Raises TimeoutError after three seconds of silence."""
        message = await self.receive_output(timeout=3)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def close_code(self):
        message = await self.receive_output(timeout=3)
        assert message["type"] == "websocket.close", message
        return message["code"]

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(1)
