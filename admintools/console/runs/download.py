"""A run's log and its failed items as files, sent while they are read."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header


def file(
    request: HttpRequest, pieces: Iterator[str], name: str, content_type: str
) -> StreamingHttpResponse:
    """The answer; under a server of either kind the database is read piece by piece."""
    pieces = _in_language(pieces)
    # Each kind of server collects the whole of the other kind's iterator before it sends a byte.
    streamed = _in_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(streamed, content_type=f"{content_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _in_language(pieces: Iterator[str]) -> Iterator[str]:
    """Made while it is sent, when the request's own language is no longer active."""
    language = translation.get_language()

    def made() -> Iterator[str]:
        while True:
            with translation.override(language):
                piece = next(pieces, "")
            if not piece:
                return
            yield piece

    return made()


async def _in_thread(pieces: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str:
        return next(pieces, "")

    while piece := await sync_to_async(following)():
        yield piece
