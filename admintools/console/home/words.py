"""What waits for a person's words: queries that found nothing today, and keywords to decide."""

from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from admintools.console.formatting import number
from admintools.console.permissions import HANDLE_DEAD_LETTERS, REVIEW_KEYWORDS
from admintools.console.review import queue
from admintools.watch import dead_letters as counted
from micasillero.generation import run_states
from micasillero.quality.models import AskedQuery

MISSED = 5


def missed_today() -> list[AskedQuery]:
    """Queries that nobody has settled yet, the newest first; one query."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return list(AskedQuery.objects.missed_since(midnight)[:MISSED])


def dead_letters(user: Any) -> int:
    """How many this person may deal with, counted up to a hundred of each kind."""
    return sum(counted.dead_letters().values()) if user.has_perm(HANDLE_DEAD_LETTERS) else 0


def to_decide(user: Any) -> list[str]:
    """What waits for this person's review, a sentence each; two queries for who may review."""
    if not user.has_perm(REVIEW_KEYWORDS):
        return []
    runs, keywords = run_states.waiting().count(), queue.left()
    sentences = []
    if runs:
        told = ngettext(
            "%(n)s run waits for your decision about its keywords.",
            "%(n)s runs wait for your decision about their keywords.",
            runs,
        )
        sentences.append(told % {"n": number(runs)})
    if keywords:
        told = ngettext(
            "%(n)s keyword waits to be reviewed.", "%(n)s keywords wait to be reviewed.", keywords
        )
        sentences.append(told % {"n": number(keywords)})
    return sentences
