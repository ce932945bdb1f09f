"""May whoever opened a socket stay? Asked of the database once for all sockets of a session.

The answer is kept in the cache ``permissions`` for SOCKET_RECHECK_SECONDS. Its key holds a
generation of the user's and one of everybody's: who changes a user, a group or what they may do
ends a generation, and with it every answer that was found in it, also one that is still being
looked up. What Django does not tell us of (plain SQL, ``QuerySet.update``) is seen when the answer
has grown old. While the cache is away each socket asks the database for itself.
"""

import secrets
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_out
from django.core.cache import caches
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .permissions import VIEW_CONSOLE

NOT_LOGGED_IN, NOT_ALLOWED = 4401, 4403
CACHE = "permissions"
EVERYBODY = "sockets.everybody"
GENERATION_SECONDS = 24 * 3600
# A cache that was waited for so long is not asked again for a while: the sockets of a process are
# looked after one by one, and each would wait.
SLOW_SECONDS = 0.5
LEFT_ALONE_SECONDS = 30.0


def look(session_key: str | None) -> tuple[int, int]:
    """The close code that fits the session's owner, 0 when he may be here; and his id, 0 for
    nobody. Reads everything afresh. Raises DatabaseError."""
    if not session_key:
        return NOT_LOGGED_IN, 0
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return NOT_LOGGED_IN, 0
    may = user.is_staff and user.has_perm(VIEW_CONSOLE)
    return 0 if may else NOT_ALLOWED, user.pk


def look_again(session_key: str, user_id: int) -> int:
    """The close code as ``look`` tells it, or told it a moment ago. Raises DatabaseError."""
    key = _key(session_key, user_id)
    code = _cache.ask(lambda cache: cache.get(key)) if key else None
    if code is None:
        code, owner = look(session_key)
        if owner != user_id:
            return code or NOT_LOGGED_IN
        if key:
            _cache.ask(lambda cache: cache.set(key, code, settings.SOCKET_RECHECK_SECONDS))
    return code


def forget(user_id: int | None = None) -> None:
    """From the commit on, ask the database again of that user, of everybody without one."""
    name = EVERYBODY if user_id is None else _of_user(user_id)
    transaction.on_commit(lambda: _cache.ask(lambda cache: cache.delete(name)), robust=True)


class Patient:
    """The cache, left alone for a while when it kept somebody waiting."""

    def __init__(self) -> None:
        self._until = 0.0

    def ask(self, action: Callable[[Any], Any]) -> Any:
        """What the action brings; None while the cache is left alone."""
        began = time.monotonic()
        if began < self._until:
            return None
        answer = action(caches[CACHE])
        ended = time.monotonic()
        if ended - began > SLOW_SECONDS:
            self._until = ended + LEFT_ALONE_SECONDS
        return answer


_cache = Patient()


def _key(session_key: str, user_id: int) -> str:
    """Where the answer is kept now; "" while the cache is left alone."""
    names = (EVERYBODY, _of_user(user_id))
    kept = _cache.ask(lambda cache: cache.get_many(names)) or {}
    generations = [str(kept.get(name) or _begun(name) or "") for name in names]
    session = salted_hmac("admintools.console.admission", session_key).hexdigest()
    return ".".join(("sockets", *generations, session)) if all(generations) else ""


def _begun(name: str) -> str | None:
    """A new generation; of two who begin one at once, both take the one that is kept."""
    fresh = secrets.token_hex(8)
    return _cache.ask(lambda cache: cache.get_or_set(name, fresh, GENERATION_SECONDS))


def _of_user(user_id: int) -> str:
    return f"sockets.user.{user_id}"


def hear_of_changes() -> None:
    """Connect what Django says of users, groups and permissions."""
    user = get_user_model()
    for signal in (post_save, post_delete):
        signal.connect(_user_changed, sender=user)
    user_logged_out.connect(_logged_out)
    for own in (user.groups.through, user.user_permissions.through):
        m2m_changed.connect(_rights_changed, sender=own)
    m2m_changed.connect(_everybody_changed, sender=Group.permissions.through)
    post_delete.connect(_everybody_changed, sender=Group)


def _user_changed(instance: Any, **kwargs: Any) -> None:
    forget(instance.pk)


def _logged_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        forget(user.pk)


def _rights_changed(instance: Any, reverse: bool, **kwargs: Any) -> None:
    forget(None if reverse else instance.pk)


def _everybody_changed(**kwargs: Any) -> None:
    forget()
