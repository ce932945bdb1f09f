"""Django's end of HTTP: a request crosses to a thread once, and the threads stay."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db import connections
from django.http import HttpResponseBadRequest
from django.http.response import HttpResponseBase

KEPT = 8


class ThreadedHandler(ASGIHandler):
    """Middleware and view run as under WSGI, on a thread that an earlier request has left.

    By itself Django gives every request a new thread, and so a new connection to the database,
    which takes PostgreSQL longer than many a view; and it crosses between loop and thread twice for
    each middleware. No request waits for a thread: there is a new one when none is free, and beyond
    KEPT they end when they are done.
    """

    def __init__(self) -> None:
        super().__init__()
        self._free: list[ThreadPoolExecutor] = []

    def create_request(
        self, scope: Mapping[str, Any], body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        try:
            return super().create_request(scope, body_file)
        except ValueError:
            # Django looks up the charset of the content type: a NUL in it is no LookupError.
            return None, HttpResponseBadRequest()

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)
        chain: Any = self._middleware_chain  # type: ignore[has-type]
        self._middleware_chain = sync_to_async(chain)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        thread = self._free.pop() if self._free else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await super().__call__(scope, receive, send)
        finally:
            # By the thread itself: after a client went away its view may still be at work.
            thread.submit(self._release, thread)

    def _release(self, thread: ThreadPoolExecutor) -> None:
        if len(self._free) < KEPT:
            self._free.append(thread)
            return
        connections.close_all()
        thread.shutdown(wait=False)
