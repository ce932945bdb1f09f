"""What the review pages say of a keyword: why it was proposed, and who was first."""

from collections.abc import Iterator
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from admintools.console.formatting import ordinal
from micasillero.generation.taking_back import Taken
from micasillero.keywords.models import Keyword, Status
from micasillero.keywords.reasons import Reason

from . import learned

LONGEST = 80
KNOWN = frozenset({"round_trip", "reasons", "prefix", "derived", "customers", "staff", "since"})
# Facts of an evidence of another shape.
MOST_FACTS = 5


def evidence(keyword: Keyword) -> list[str]:
    """Why it was proposed and what the filters found, a short sentence each."""
    told = keyword.evidence if isinstance(keyword.evidence, dict) else {}
    return [
        *learned.sentences(told),
        *_trip(told.get("round_trip")),
        *_reasons(told.get("reasons")),
        *_others(told),
    ]


def _trip(found: Any) -> Iterator[str]:
    """Where its line comes among the lines beside it."""
    if isinstance(found, dict) and isinstance(found.get("rank"), int):
        place = {"place": ordinal(found["rank"]), "of": found.get("of", "?")}
        yield _("Its line comes %(place)s of %(of)s") % place


def _reasons(found: Any) -> Iterator[str]:
    if isinstance(found, list):
        yield from (reason(str(word)) for word in found)


def _others(told: dict[str, Any]) -> Iterator[str]:
    """Where the lexicon has it from; of another evidence, its first facts as they are."""
    if told.get("prefix"):
        yield _("Lexicon: %(prefix)s") % {"prefix": told["prefix"]}
    derived = {
        "lexicon": _("Completed from words of the lexicon"),
        "tariff": _("From the text of the tariff"),
    }
    if word := derived.get(str(told.get("derived"))):
        yield word
    rest = [name for name in told if name not in KNOWN]
    for name in rest[:MOST_FACTS]:
        yield Truncator(f"{name}: {told[name]}").chars(LONGEST)


def reason(word: str) -> str:
    """A reason of the filters in words; a word that this version does not know, as it is."""
    return str(Reason(word).label) if word in Reason.values else word


def taken(taken: Taken) -> str:
    """What became of a run's keywords, with %(removed)s and %(kept)s to fill in."""
    if taken.refused:
        return _("%(removed)s keywords rejected; %(kept)s that a person decided stay.")
    return _("%(removed)s keywords deleted; %(kept)s that a person decided stay.")


def refused(keyword: Keyword) -> str:
    """Why a decision about it was not taken: what the one who was first decided."""
    sentences = {
        Status.APPROVED: _("%(who)s approved it already."),
        Status.REJECTED: _("%(who)s rejected it already."),
        Status.SNOOZED: _("%(who)s snoozed it already."),
        Status.PENDING: _("It is pending: there is no decision of yours to undo."),
    }
    if keyword.status != Status.PENDING and not keyword.decided_by:
        return _("It was decided with its run: %(status)s.") % {
            "status": keyword.get_status_display()
        }
    return sentences[Status(keyword.status)] % {"who": keyword.decided_by}
