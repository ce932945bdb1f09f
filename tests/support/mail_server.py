"""A mail server on loopback that keeps what it takes, and refuses on demand."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections import deque
from email.message import EmailMessage
from typing import Any, cast


class MailServer:
    """Use it in a ``with`` block. ``script`` holds answers to the next RCPT commands, such as
    "550 no such user"; when it is empty everybody is taken. ``silent`` says nothing at all."""

    def __init__(self, *, silent: bool = False) -> None:
        self.script: deque[str] = deque()
        self.mails: list[EmailMessage] = []
        self.silent = silent
        self._closing = threading.Event()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="mail-server", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def configure(self, settings: Any) -> None:
        """Make it the mail server of this process."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", self.port

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, data: bytes) -> None:
        parsed = email.message_from_bytes(data, policy=email.policy.default)
        self.mails.append(cast(EmailMessage, parsed))

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                if server.silent:
                    server._closing.wait()
                else:
                    self._say("220 ours")
                    self._converse()

            def _converse(self) -> None:
                while line := self.rfile.readline():
                    verb = line.split(b":")[0].split()[0].upper()
                    if verb == b"DATA":
                        self._data()
                    elif verb == b"RCPT" and server.script:
                        self._say(server.script.popleft())
                    else:
                        self._say("250 ok")

            def _data(self) -> None:
                self._say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                server._take(b"".join(lines))
                self._say("250 taken")

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        return Handler
