"""What keeps a run from being sent or taken back: what only the broker and the dispatcher know.

A page asks where it reads a run, no worker where it writes one: a broker that hangs takes a second
to tell.
"""

from typing import Any

from admintools.jobs.states import State

from . import health

BROKER_AWAY, BROKER_FULL, NO_DISPATCHER = "broker-away", "broker-full", "no-dispatcher"
CONCERNED = (State.UNSENT, State.STALE)


def explained(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot with ``held_by``, a list of the words above, where its state makes one ask."""
    if snapshot["state"] not in CONCERNED:
        return snapshot
    return {**snapshot, "held_by": _held_by()}


def _held_by() -> list[str]:
    broker, found = health.broker(), []
    if not broker.ok:
        found.append(BROKER_AWAY)
    elif broker.degraded:
        found.append(BROKER_FULL)
    if not health.dispatcher().ok:
        found.append(NO_DISPATCHER)
    return found
