"""One request over HTTP, to an address that was checked, within a time that nobody can stretch.

http.client follows no redirect and asks no proxy. Of the answer only its head is read: the code and
Retry-After are all that matters, and a body may be as long as the other side likes.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from micasillero import retry_after

from .addresses import Target
from .faults import Passing

SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """The code, and the seconds of a Retry-After."""

    code: int
    after: float | None = None


class Line:
    """The connection, so that who is tired of waiting can cut it from outside."""

    def __init__(self) -> None:
        self._held: socket.socket | None = None
        self._cut = False
        self._lock = threading.Lock()

    def hold(self, sock: socket.socket) -> None:
        """Raises TimeoutError where it was cut already."""
        with self._lock:
            if self._cut:
                sock.close()
                raise TimeoutError
            # A handle of its own: TLS takes the other one over.
            self._held = sock.dup()

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            if self._held is not None:
                with contextlib.suppress(OSError):
                    self._held.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None


def request(
    method: str,
    target: Target,
    addresses_of: Callable[[Target], Sequence[str]],
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Ask once. ``addresses_of`` resolves the host and judges what it finds. Raises Passing when
    no answer came, and what ``addresses_of`` raises."""
    line = Line()

    def ask() -> Answer:
        try:
            connection = _connected(target, addresses_of(target), line, seconds)
            return _exchange(connection, method, target, body, headers or {})
        finally:
            line.release()

    try:
        return within(seconds, ask, otherwise=line.cut)
    except TimeoutError:
        raise Passing(
            "timeout", _("No answer within %(seconds)s s."), seconds=f"{seconds:g}"
        ) from None
    except ssl.SSLError as error:
        raise Passing(
            "tls", _("The encryption failed: %(reason)s."), reason=error.reason or str(error)
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise Passing(
            "connection", _("The connection failed: %(reason)s."), reason=_reason(error)
        ) from None


def within(seconds: float, work: Callable[[], Any], otherwise: Callable[[], None]) -> Any:
    """What ``work`` returns or raises; after so many seconds TimeoutError instead, and
    ``otherwise`` is called. The work then ends in its thread, unheard."""
    heard: dict[str, Any] = {}

    def listen() -> None:
        try:
            heard["value"] = work()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            heard["error"] = error

    thread = threading.Thread(target=listen, name="notify-attempt", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        otherwise()
        raise TimeoutError
    if "error" in heard:
        raise heard["error"]
    return heard["value"]


def _connected(
    target: Target, addresses: Sequence[str], line: Line, seconds: float
) -> http.client.HTTPConnection:
    """A connection to the first of the addresses that takes one, which asks for nothing more: the
    name is not looked up again."""
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = _first(addresses, target.port, seconds)
    connection.auto_open = 0
    try:
        line.hold(connection.sock)
        if target.secure:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=target.host)
    except BaseException:
        connection.close()
        raise
    return connection


def _first(addresses: Sequence[str], port: int, seconds: float) -> socket.socket:
    failed: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            failed = error
    raise failed


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
) -> Answer:
    try:
        own = {"Host": target.name, "User-Agent": "SicargaBox", "Connection": "close"}
        connection.request(method, target.path, body=body, headers={**own, **headers})
        answer = connection.getresponse()
        return Answer(answer.status, retry_after.seconds(answer.headers.get("retry-after")))
    finally:
        connection.close()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
