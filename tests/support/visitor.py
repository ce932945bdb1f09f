"""Somebody with a session, talking HTTP and WebSocket to one server, as a browser does."""

import json
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import Any, Self

from django.test import Client
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


class Visitor:
    """One visitor of the server at ``url``; without a user, nobody."""

    def __init__(self, url, user=None):
        self.url = url
        self.cookies = {"csrftoken": "c" * 32}
        if user:
            client = Client()
            client.force_login(user)
            self.cookies["sessionid"] = client.cookies["sessionid"].value

    @property
    def headers(self):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Accept": "application/json", "Accept-Language": "es-HN"}

    def get(self, path):
        return self._ask(urllib.request.Request(self.url + path, headers=self.headers))

    def post(self, path, headers=None):
        token = {"X-CSRFToken": self.cookies["csrftoken"]}
        headers = {**self.headers, **token, **(headers or {})}
        return self._ask(
            urllib.request.Request(self.url + path, data=b"", headers=headers, method="POST")
        )

    @staticmethod
    def _ask(request):
        """(status, the JSON answer)."""
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as answer:
            return answer.code, json.loads(answer.read())

    @contextmanager
    def socket(self, path, origin="", **options):
        """``origin`` "" is that of our own pages, None none at all."""
        address = self.url.replace("http://", "ws://") + path
        with connect(
            address,
            origin=self.url if origin == "" else origin,
            additional_headers={"Cookie": self.headers["Cookie"]},
            **options,
        ) as opened:
            yield opened


class Page(threading.Thread):
    """An open page of the console: keeps the newest state of each run that its socket brought,
    and reconnects as the page does. ``with Page(visitor) as page``: joined once the block begins.
    """

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(name="page", daemon=True)
        self.shown: dict[str, dict[str, Any]] = {}
        self.connections = 0
        self._visitor = visitor
        self._joined, self._left = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self._left.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException):
                self._left.wait(0.5)

    def _listen(self) -> None:
        with self._visitor.socket("/ws/admin/tasks/") as opened:
            self.connections += 1
            # Answered only by a server that has let us in and joined the group.
            opened.send('{"type": "ping"}')
            while not self._left.is_set():
                try:
                    told = json.loads(opened.recv(timeout=0.2))
                except TimeoutError:
                    continue
                if told.get("type") == "pong":
                    self._joined.set()
                else:
                    self._show(told)

    def _show(self, told: dict[str, Any]) -> None:
        shown = self.shown.get(told["task_id"])
        if shown is None or _order(told) >= _order(shown):
            self.shown[told["task_id"]] = told

    def __enter__(self) -> Self:
        self.start()
        assert self._joined.wait(timeout=20), "the page's socket was not let in"
        return self

    def __exit__(self, *exc: object) -> None:
        self._left.set()
        self.join(timeout=10)


def _order(told: dict[str, Any]) -> tuple[int, int, str]:
    return told["epoch"], told["seq"], told["server_time"]


def wait_for(condition, what: str, *, timeout: float) -> None:
    """Poll until the condition holds; AssertionError after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not {what} within {timeout} s"
        time.sleep(0.05)
