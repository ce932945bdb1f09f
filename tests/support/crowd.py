"""A crowd of WebSocket clients that never read, as raw connections."""

import asyncio
import base64
import secrets
import socket
import threading
from typing import Self
from urllib.parse import urlsplit


class Crowd:
    """Sockets that shake hands and then never read a byte, opened by a loop in a thread."""

    def __init__(self, url: str, cookie: str, number: int) -> None:
        parts = urlsplit(url)
        self.host, self.path = parts.netloc, parts.path
        self.cookie, self.number = cookie, number
        self.writers: list[asyncio.StreamWriter] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._open_all(), self.loop).result(120)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._leave(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def _leave(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
        # A socket is closed in a later turn of the loop than its abort.
        while any(
            writer.transport.get_extra_info("socket").fileno() >= 0 for writer in self.writers
        ):
            await asyncio.sleep(0.01)

    async def _open_all(self) -> None:
        gate = asyncio.Semaphore(50)

        async def one() -> None:
            async with gate:
                self.writers.append(await self._open())

        await asyncio.gather(*(one() for _ in range(self.number)))

    async def _open(self) -> asyncio.StreamWriter:
        # Small segments and a small window: the loopback's own buffers hold megabytes for each
        # socket, and the server would not feel for minutes that nobody reads.
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        raw.setblocking(False)
        name, _, port = self.host.partition(":")
        await self.loop.sock_connect(raw, (name, int(port)))
        reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        writer.write(
            f"GET {self.path} HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\n"
            f"Cookie: {self.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        return writer  # closes when it is collected
