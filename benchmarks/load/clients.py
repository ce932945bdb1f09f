"""Many WebSocket clients in one process, which do little but note when something came.

    python -m benchmarks.load.clients '<json>'    {"port", "cookie", "paths": [one a client]}

Prints "joined <n> refused <m>" once all have tried; when its standard input ends, one JSON
object: {"arrivals": [for each client, [[seq, time.time()], ...]], "bytes", "length", "closed"}:
bytes as they were sent, length the median one of an unpacked message. They ask for compression as
browsers do. The time is noted as the bytes come in; unpacking them waits for a quiet moment, so
that the last of the clients is not charged with the work of the others.
"""

import asyncio
import json
import re
import statistics
import sys
import time
from typing import Any

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

SEQ = re.compile(rb'"seq": ?(\d+)')
AT_ONCE = 25
JOIN_SECONDS = 20.0
QUIET_AFTER = 0.15


class Client(asyncio.Protocol):
    """One browser tab."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        deflate = ClientPerMessageDeflateFactory(client_max_window_bits=True)
        origin = f"http://127.0.0.1:{port}"
        uri = parse_uri(f"ws://127.0.0.1:{port}{path}")
        options: Any = {"origin": origin, "extensions": [deflate]}
        self._socket = ClientProtocol(uri, **options)
        self._cookie = cookie
        self._waiting: list[tuple[float, bytes]] = []
        self._message = b""
        self.told = asyncio.get_running_loop().create_future()
        self.arrivals: list[tuple[int, float]] = []
        self.lengths: list[int] = []
        self.bytes = 0
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        request = self._socket.connect()
        request.headers["Cookie"] = self._cookie
        self._socket.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(QUIET_AFTER, self._unpack)
        self._waiting.append((time.time(), data))

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if not self.told.done():
            self.told.set_result(False)

    def _unpack(self) -> None:
        waiting, self._waiting = self._waiting, []
        for at, data in waiting:
            self.bytes += len(data)
            self._socket.receive_data(data)
            for event in self._socket.events_received():
                self._take(event, at)
        self._flush()

    def _take(self, event: object, at: float) -> None:
        opcode = getattr(event, "opcode", None)
        if opcode not in (Opcode.TEXT, Opcode.CONT):
            return
        self._message += event.data  # type: ignore[attr-defined]
        if not event.fin:  # type: ignore[attr-defined]
            return
        message, self._message = self._message, b""
        if found := SEQ.search(message):
            self.arrivals.append((int(found[1]), at))
            self.lengths.append(len(message))
        if not self.told.done():
            self.told.set_result(True)

    def _flush(self) -> None:
        for data in self._socket.data_to_send():
            if data:
                self._transport.write(data)
        if self._socket.state is State.CLOSED:
            self._transport.close()


async def main(port: int, cookie: str, paths: list[str]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def join(path: str) -> Client | None:
        async with gate:
            try:
                _transport, client = await loop.create_connection(
                    lambda: Client(port, path, cookie), "127.0.0.1", port
                )
                joined = await asyncio.wait_for(client.told, JOIN_SECONDS)
            except (OSError, TimeoutError):
                return None
        return client if joined else None

    clients = [client for client in await asyncio.gather(*map(join, paths)) if client]
    print(f"joined {len(clients)} refused {len(paths) - len(clients)}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    told = {
        "arrivals": [client.arrivals for client in clients],
        "bytes": sum(client.bytes for client in clients),
        "length": round(statistics.median(n for client in clients for n in client.lengths or [0])),
        "closed": sum(client.closed for client in clients),
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.stdin.readline())))
