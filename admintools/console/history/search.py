"""What the search of the history finds: the start of a run's id, who started it, its error.

A text is looked for in the few different names, codes and error texts first, as the reader sees
them; the rows are then fetched by the exact values, each from its own index. So a part of a word
finds as quickly as a whole one, without case or accents, in the reader's language.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from admintools.jobs.models import TaskHistory
from admintools.jobs.models.querysets import ERROR_START_LENGTH, TaskHistoryQuerySet

from . import values

# Up to so many values each has a query of its own, exact from its index. A search that meets more
# is broad: any way through the rows finds a page of it soon.
NARROW = 8
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]")
_ID_START = re.compile(r"[0-9a-f-]{1,36}")


def folded(text: str) -> str:
    """Without case and accents, and with single spaces."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    return " ".join(bare.casefold().split())


@dataclass(frozen=True)
class Found:
    """``parts`` of the runs that together hold all that the text finds; they may overlap.

    ``complete`` is False where there were more names, codes or texts than are looked through.
    """

    parts: list[TaskHistoryQuerySet]
    complete: bool = True


def search(runs: TaskHistoryQuerySet, text: str) -> Found:
    """Of ``runs``, those whose id begins with the text or whose names and texts hold it."""
    wanted = folded(text)
    if not wanted:
        return Found([])
    names = values.different(values.NAMES)
    codes = values.different(values.CODES)
    starts = values.different(values.ERROR_STARTS)
    parts = [runs.filter(task_id__startswith=wanted)] if _ID_START.fullmatch(wanted) else []
    parts += [runs.filter(initiated_by__in=some) for some in _holding(wanted, names)]
    parts += [runs.with_error_code(some) for some in _holding(wanted, codes)]
    parts += [
        runs.with_error_start(*some) if len(some) == 1 else runs.with_error_starts(some)
        for some in _holding(wanted, starts, _as_seen)
    ]
    complete = max(map(len, (names, codes, starts))) < values.MOST
    return Found(parts, complete)


def _as_seen(start: str) -> str:
    """An error is kept as a msgid: its words in both languages, without what varies in them."""
    whole = start
    if len(start) == ERROR_START_LENGTH:
        errors = TaskHistory.objects.with_error_start(start).newest_first()
        whole = errors.values_list("error_message", flat=True).first() or start
    return _PLACEHOLDER.sub(" ", f"{gettext(whole)}\n{whole}")


def _holding(
    wanted: str, found: list[str], seen: Callable[[str], str] = str
) -> Iterator[list[str]]:
    """The values in which the text stands, one by one or, where they are many, at once."""
    holding = [value for value in found if wanted in folded(seen(value))]
    if len(holding) > NARROW:
        yield holding
    else:
        yield from ([value] for value in holding)
