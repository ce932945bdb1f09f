"""The application, asked in this process as a server would ask it."""

import io
import re
import sys
from urllib.parse import unquote

from asgiref.sync import async_to_sync
from django.core.signals import got_request_exception
from django.db import transaction

from sicargabox.threads import ThreadedHandler

from .generated import escaped


class Server:
    """The application as uvicorn would call it, in this thread and its database transaction."""

    def __init__(self, made):
        self.made = made
        self.handler = ThreadedHandler()
        self.fault = None

    def filled(self, text):
        for mark, value in self.made.items():
            if mark.startswith("@"):
                text = text.replace(mark, value)
        return text

    def scope(self, address, made):
        holes = iter(made.holes)
        raw = address.path(lambda _part: escaped(self.filled(next(holes))))
        headers = [("host", "localhost"), ("content-type", made.content_type)]
        if made.who != "nobody":
            headers.append(("cookie", f"sessionid={self.made[made.who]}"))
        headers += [(name, self.filled(value)) for name, value in made.headers]
        return {
            "type": "http", "http_version": "1.1", "scheme": "http", "method": made.method,
            "path": unquote(raw), "raw_path": raw.encode(), "root_path": "",
            "query_string": self.filled(made.query.decode("latin-1")).encode("latin-1"),
            # A server lets no NUL and no line end pass in a header.
            "headers": [
                (name.encode(), re.sub(r"[\x00\r\n]", "", value).encode("utf-8", "surrogatepass"))
                for name, value in headers
            ],
            "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        }  # fmt: skip

    def answer(self, address, made):
        """(status, headers, body). What a view raised is raised here, where it is of use."""
        self.fault = None
        got_request_exception.connect(self._keep)
        try:
            with transaction.atomic():
                answered = async_to_sync(self._ask)(self.scope(address, made), made)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(self._keep)
        if self.fault:
            raise self.fault
        return answered

    def _keep(self, sender, **_):
        self.fault = sys.exc_info()[1]

    async def _ask(self, scope, made):
        body = self.filled(made.body.decode("latin-1")).encode("latin-1")
        request, refusal = self.handler.create_request(scope, io.BytesIO(body))
        if request is None:
            return refusal.status_code, refusal.headers, refusal.content
        request._dont_enforce_csrf_checks = not made.forgery_checked
        response = await self.handler.get_response_async(request)
        if not response.streaming:
            return response.status_code, response.headers, response.content
        chunks = [chunk async for chunk in response]
        return response.status_code, response.headers, b"".join(chunks)
