"""Taking out of old events what may lead to a person, long before they are deleted."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max, Min

from .models import Event

# Events of a step: few enough that nobody waits for the one UPDATE over them.
STEP = 2000


def redact(
    before: datetime, *, report: Callable[[int], None], should_stop: Callable[[], bool]
) -> int:
    """Empty who did it, and the words of a declaration, in the events received before then.

    Returns how many were changed, and tells ``report`` after each step how many so far; stops
    early, keeping what is done, when ``should_stop`` says so.
    """
    ends = Event.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return 0
    changed = 0
    # By their numbers, so that each step looks at STEP rows and no more, whoever emptied them.
    for start in range(ends["first"], ends["last"] + 1, STEP):
        if should_stop():
            break
        step = Event.objects.filter(pk__gte=start, pk__lt=start + STEP)
        changed += (
            step.received_before(before)
            .personal()
            .update(person="", session="", network="", description="")
        )
        report(changed)
    return changed
