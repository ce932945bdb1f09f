"""The sentence under a run's bar: what is awaited, or what the work says of itself.

Each is true as it stands: what would have to happen first (a broker that answers, a dispatcher
that lives) is part of it.
"""

from typing import Any

from django.utils.translation import gettext as _

from admintools.jobs.parts import starts

from .formatting import clock, moment
from .held import BROKER_AWAY, BROKER_FULL, NO_DISPATCHER

Snapshot = dict[str, Any]


def note(s: Snapshot) -> str:
    match s["state"]:
        case "unsent":
            return _unsent(s)
        case "queued":
            return _("Starts as soon as a worker is free.")
        case "no-worker":
            return _("No worker serves the queue %(queue)s. It starts when there is one.") % s
        case "paused":
            return _("The queue %(queue)s is paused. It starts when somebody resumes it.") % s
        case "retry" | "failed":
            return (s["error"] or {}).get("message", "")
        case "cancelling":
            return _cancelling(s)
        case "stuck":
            return _(
                "The worker is alive, but nothing has moved for longer than this job ever takes. "
                "Look at its log; cancel it if it stays so."
            )
        case "stale":
            return _stale(s)
        case "done":
            return ""
        case _:
            return s["message"]


def _unsent(s: Snapshot) -> str:
    """Not every message over the socket says what holds the run; the plain sentence is true then
    too."""
    held_by = s.get("held_by", ())
    if BROKER_AWAY in held_by:
        broker = _("The broker does not answer.")
        sent = _("The run is saved and is sent when it does.")
    elif BROKER_FULL in held_by:
        broker = _("The broker is full.")
        sent = _("The run is saved and is sent when it has room.")
    else:
        broker = ""
        sent = _("The run is saved; the dispatcher sends it as soon as the broker takes it.")
    if NO_DISPATCHER in held_by:
        sent = _("The run is saved; the dispatcher that sends it is silent: start “%(command)s”.")
        sent %= {"command": starts("dispatch")}
    return f"{broker} {sent}".strip()


def _stale(s: Snapshot) -> str:
    """Who is silent, and what comes of it: that depends on what the run may still lose."""
    silent = _("The worker does not answer.")
    if s.get("inline"):
        silent = _("The process of the command does not answer.")
    return f"{silent} {_what_comes(s)}"


def _what_comes(s: Snapshot) -> str:
    if NO_DISPATCHER in s.get("held_by", ()):
        told = _("Nobody takes the run back, for the dispatcher is silent: start “%(command)s”.")
        return told % {"command": starts("dispatch")}
    expires, now = moment(s["lease_expires_at"]), moment(s["server_time"])
    at, due = {"time": clock(expires)}, bool(expires and now and expires <= now)
    if s.get("ends_when_lost"):
        if due:
            return _("The run ends as failed in a moment.")
        return _("If it stays silent, the run ends as failed at %(time)s.") % at
    if due:
        return _("Another takes over in a moment.")
    return _("If it stays silent, another takes over at %(time)s.") % at


def _cancelling(s: Snapshot) -> str:
    """How far a cancel has come: asked, heard by the worker, enforced."""
    at = {"time": clock(s["cancel_requested_at"])}
    if s["cancel_escalated_at"]:
        return (
            _("Cancel requested at %(time)s; the worker did not stop: its process is ended.") % at
        )
    if s["cancel_seen_at"]:
        return _("Cancel requested at %(time)s; the worker has heard it and is stopping.") % at
    return _("Cancel requested at %(time)s; waiting for the worker.") % at
