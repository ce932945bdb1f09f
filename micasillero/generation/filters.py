"""Which suggestions of a model are worth keeping.

The rule of the verdicts: a hard fault drops a suggestion, and the first one found is its reason. A
soft fault makes it doubtful, which a person reads; all of them are told. What has no fault passed.

Hard are what is no keyword by its form (wording.FILTERS), what the line has already or was refused,
what stands for too many headings, and what names nothing but goods that are not in this line. Soft
is what the filters cannot know for sure: a word among others of what is excluded or of a sibling,
a keyword of other headings, the other language, and a round trip that brings other lines first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from micasillero.analysis import phrase_key
from micasillero.keywords.loader import HEADING_DIGITS
from micasillero.keywords.models import Status, Verdict
from micasillero.keywords.reasons import Reason
from micasillero.keywords.wording import normalise
from micasillero.search import wording

from .items import Item
from .known import Answered, Known
from .roundtrip import RoundTrip, Trip
from .suggestions import Suggestion

DROPPED = "dropped"
Asks = Callable[[Item, str], Trip]


@dataclass(frozen=True)
class Judged:
    """A suggestion with its verdict: passed, doubtful or dropped. ``text`` is normalised.

    ``evidence`` is kept with the keyword: {"reasons": [...], "round_trip": {"rank", "of"}}; a
    dropped one made no round trip.
    """

    text: str
    language: str
    verdict: str
    reasons: tuple[str, ...]
    evidence: dict[str, Any]


@dataclass(frozen=True)
class _Line:
    """A line as the filters see it: the stems of its texts, and of what is not in it."""

    item: Item
    own: frozenset[str]
    excluded: frozenset[str]
    beside: frozenset[str]
    seen: set[str] = field(default_factory=set)


def judge_all(answers: Sequence[Answered]) -> list[list[Judged]]:
    """The verdicts on many answers, in their order; reads what it needs at once."""
    known, round_trip = Known.about(answers), RoundTrip.among(item for item, _found in answers)
    return [judge(item, found, known, round_trip) for item, found in answers]


def judge(
    item: Item, suggestions: Iterable[Suggestion], known: Known, round_trip: Asks | None
) -> list[Judged]:
    """The verdicts on the answer for one line, in its order. Without ``round_trip`` none is
    made. Asks no database."""
    own = wording.stems((item.description, item.description_en, *item.ancestors))
    line = _Line(item, own, wording.stems(item.exclusions), wording.stems(item.left_over_from))
    return [_judged(line, suggestion, known, round_trip) for suggestion in suggestions]


def _judged(line: _Line, suggestion: Suggestion, known: Known, round_trip: Asks | None) -> Judged:
    text = normalise(suggestion.text)
    hard = _hard_fault(line, text, known)
    if hard is not None:
        reasons: tuple[str, ...] = (hard.value,)
        evidence: dict[str, Any] = {"reasons": list(reasons)}
        return Judged(text, suggestion.language, DROPPED, reasons, evidence)
    doubts = list(_doubts(line, text, suggestion.language, known))
    trip = round_trip(line.item, text) if round_trip else None
    if trip and brings_others_first(line.item, trip):
        doubts.append(Reason.ROUND_TRIP)
    reasons = tuple(doubt.value for doubt in doubts)
    evidence = {"reasons": list(reasons)}
    if trip:
        evidence["round_trip"] = {"rank": trip.rank, "of": trip.of}
    verdict = Verdict.DOUBTFUL if doubts else Verdict.PASSED
    return Judged(text, suggestion.language, verdict.value, reasons, evidence)


def _hard_fault(line: _Line, text: str, known: Known) -> Reason | None:
    for reason, fails in wording.FILTERS.items():
        if fails(text):
            return reason
    key = phrase_key(text)
    if key in line.seen:
        return Reason.REPEATED
    line.seen.add(key)
    status = known.status(line.item.pk, key)
    if status:
        return Reason.REJECTED if status == Status.REJECTED else Reason.KNOWN
    if is_in_text(line, text):
        return Reason.IN_TEXT
    if names_nothing_but(line.excluded, line, text):
        return Reason.EXCLUDED
    if names_nothing_but(line.beside, line, text):
        return Reason.SIBLING
    if has_many_headings(line, text, known):
        return Reason.MANY_HEADINGS
    return None


def _doubts(line: _Line, text: str, language: str, known: Known) -> Iterator[Reason]:
    added = _added(line, text)
    if any(word & line.excluded for word in added):
        yield Reason.PARTLY_EXCLUDED
    if any(word & line.beside for word in added):
        yield Reason.PARTLY_SIBLING
    if stands_elsewhere(line, text, known):
        yield Reason.OTHER_HEADING
    if wording.seems_foreign(text, language):
        yield Reason.OTHER_LANGUAGE


def is_in_text(line: _Line, text: str) -> bool:
    """All of its words stand in the line's own text or above it, in some form."""
    return not _added(line, text)


def names_nothing_but(others: frozenset[str], line: _Line, text: str) -> bool:
    """All that it adds to the line's own texts are words of those ``others``: a sibling whose
    goods a leftover line does not hold, or what an "excepto ..." takes out."""
    return all(word & others for word in _added(line, text))


def has_many_headings(line: _Line, text: str, known: Known) -> bool:
    """With this line's heading it would stand for more than GENERATION_MOST_HEADINGS."""
    own = line.item.code[:HEADING_DIGITS]
    places = known.headings.get(text, frozenset()) | {own}
    return len(places) > settings.GENERATION_MOST_HEADINGS


def stands_elsewhere(line: _Line, text: str, known: Known) -> bool:
    """It is a keyword of other headings and of none of this line's: it may mean their goods."""
    places = known.headings.get(text, frozenset())
    return bool(places) and line.item.code[:HEADING_DIGITS] not in places


def brings_others_first(item: Item, trip: Trip) -> bool:
    """Does the line come in later than GENERATION_ROUND_TRIP_FIRST? What a leftover line is
    called none beside it may be called, whatever the setting."""
    return trip.rank > (1 if item.is_leftover else settings.GENERATION_ROUND_TRIP_FIRST)


def _added(line: _Line, text: str) -> list[frozenset[str]]:
    return wording.added(line.own, text)
