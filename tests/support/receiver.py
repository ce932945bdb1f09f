"""A webhook's receiver on loopback, which misbehaves on demand.

It keeps every request. ``script`` holds behaviours for the next requests, in order; when it is
empty, ``usual`` is the one.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it came, headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """``hang`` says nothing until the server closes; ``drip`` sends a head without end, a byte
    every so many seconds; ``close`` hangs up without an answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drip: float = 0.0
    close: bool = False


class Receiver:
    """Use it in a ``with`` block. ``certificates`` is the directory of tests.support.certificates,
    for one that speaks TLS."""

    def __init__(self, certificates: Path | None = None) -> None:
        self.script: deque[Reply] = deque()
        self.usual = Reply()
        self.got: list[Got] = []
        self.hung = threading.Event()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "http"
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="receiver", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/hook") -> str:
        return f"{self._scheme}://localhost:{self.port}{path}"

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, got: Got, handler: BaseHTTPRequestHandler) -> None:
        self.got.append(got)
        reply = self.script.popleft() if self.script else self.usual
        handler.close_connection = True
        if reply.close:
            return
        if reply.hang:
            self.hung.set()
            self._closing.wait()
        elif reply.drip:
            self._drip(handler, reply.drip)
        else:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.end_headers()

    def _drip(self, handler: BaseHTTPRequestHandler, pause: float) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not self._closing.wait(pause):
            try:
                handler.wfile.write(b"a")
                handler.wfile.flush()
            except OSError:
                return

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._answer(Got(self.command, self.path, headers, body), self)

            do_GET = do_POST

            def log_message(self, *_args: Any) -> None:
                pass

        return Handler
