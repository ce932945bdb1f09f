"""A wire whose ends stay connected while nothing passes any more, as behind a NAT that forgot."""

import socket
import threading
from contextlib import suppress
from typing import Self


class Wire:
    """Forwards connections from ``port`` to a server of this machine. ``cut`` silences those that
    are open, without closing them; what connects later passes as before."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.2)
        self.port = self._listener.getsockname()[1]
        self._cut = threading.Event()
        self._closed = threading.Event()
        self._ends: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="wire", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closed.set()
        self._listener.close()
        for end in self._ends:
            end.close()

    def cut(self) -> int:
        """Silence what is open now; how many connections that were."""
        silenced, self._cut = self._cut, threading.Event()
        silenced.set()
        return len(self._ends) // 2

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                near, _ = self._listener.accept()
            except (TimeoutError, OSError):
                continue
            near.settimeout(None)
            far = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(
                    target=self._pass, args=(one, other, self._cut), daemon=True
                ).start()

    def _pass(self, source: socket.socket, sink: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if cut.is_set():
                    self._closed.wait()  # taken, and never delivered
                sink.sendall(data)
            if not cut.is_set():
                sink.shutdown(socket.SHUT_WR)
