"""From enough evidence to keywords that wait for a person.

What was rejected for a line stays rejected, what the line is called already is not proposed again;
while such a keyword waits for its decision, its evidence is brought up to date. Personal data is
never part of either: a query that held some is not learned from, and evidence is numbers.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from micasillero.analysis import fold, words
from micasillero.keywords.models import Keyword, Source, Status, Verdict
from micasillero.keywords.reasons import Reason
from micasillero.keywords.wording import normalise
from micasillero.personal import HIDDEN
from micasillero.search import wording
from micasillero.work import Work

from .evidence import Evidence, Pair
from .language import language_of
from .lines import Line, key_of, lines_of
from .rule import cautious_rate
from .staff import Confirmations

AWAITING = (Status.PENDING, Status.SNOOZED)


@dataclass(frozen=True)
class Found:
    """A pair with enough evidence: of customers, of the staff, or of both. ``usual`` is the rate at
    which people choose whatever stands where the line stood."""

    pair: Pair
    customers: Evidence | None
    usual: float
    staff: Confirmations | None

    @property
    def people(self) -> int:
        customers = len(self.customers.chose) if self.customers else 0
        return customers + (len(self.staff.people) if self.staff else 0)

    def written(self) -> str:
        """As most people wrote it; among equals with its accents."""
        forms: Counter[str] = Counter()
        for known in (self.customers, self.staff):
            forms.update(known.written if known else {})
        return max(forms, key=lambda form: (forms[form], not form.isascii(), form))

    def as_json(self, since: date) -> dict[str, Any]:
        """What is kept with the keyword: numbers, and nothing that names anybody."""
        told: dict[str, Any] = {"since": since.isoformat()}
        if self.customers:
            told["customers"] = _of_customers(self.customers, self.usual)
        if self.staff:
            told["staff"] = {
                "people": len(self.staff.people),
                "times": self.staff.written.total(),
                "days": len(self.staff.days),
            }
        return told


def _of_customers(known: Evidence, usual: float) -> dict[str, Any]:
    return {
        "chose": len(known.chose),
        "shown": len(known.shown),
        "days": len(known.days),
        "cautious": round(cautious_rate(len(known.chose), len(known.shown)), 4),
        "usual": round(usual, 4),
        "ranks": {str(rank): n for rank, n in sorted(known.ranks.items())},
        "after_nothing": len(known.followed),
    }


@dataclass
class Proposals:
    """``fresh`` are to be stored, ``refreshed`` have new evidence, ``dropped`` counts the others by
    reason."""

    fresh: list[Keyword] = field(default_factory=list)
    refreshed: list[Keyword] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def proposals(found: Iterable[Found], run_id: str, since: date) -> Proposals:
    """What to make of the pairs, those of most people first. Raises LexiconError."""
    told = Proposals()
    ordered = sorted(found, key=lambda one: (-one.people, one.pair))
    lines = lines_of(one.pair[1] for one in ordered)
    for one in ordered:
        reason = _take(one, lines.get(one.pair[1]), run_id, since, told)
        if reason:
            told.dropped[reason.value] += 1
    return told


def _take(
    one: Found, line: Line | None, run_id: str, since: date, told: Proposals
) -> Reason | None:
    """Propose or refresh; or the reason why neither."""
    if line is None:
        return Reason.NO_LINE
    written = one.written()
    text = normalise(written)
    if fault := _fault(written, text):
        return fault
    there = line.keywords.get(key_of(text))
    if there is None:
        if line.says(text):
            return Reason.IN_TEXT
        line.keywords[key_of(text)] = fresh = _keyword(line, text, one.as_json(since), run_id)
        told.fresh.append(fresh)
        return None
    if there.status == Status.REJECTED:
        return Reason.REJECTED
    if there.status == Status.APPROVED:
        return Reason.KNOWN
    if there.pk is None or there in told.refreshed:
        return Reason.REPEATED
    before = there.evidence if isinstance(there.evidence, dict) else {}
    evidence = {**before, **one.as_json(since)}
    if evidence != there.evidence:
        there.evidence = evidence
        told.refreshed.append(there)
    return None


def _fault(written: str, text: str) -> Reason | None:
    if HIDDEN in written:
        return Reason.PERSONAL_DATA
    for reason, fails in wording.FILTERS.items():
        if fails(text):
            return reason
    blocked = {fold(word) for word in settings.LEARNING_BLOCKED_WORDS}
    if not blocked.isdisjoint(map(fold, words(text))):
        return Reason.BLOCKED
    return None


def _keyword(line: Line, text: str, evidence: dict[str, Any], run_id: str) -> Keyword:
    return Keyword(
        partida_id=line.pk,
        text=text,
        language=language_of(text),
        source=Source.LEARNED,
        status=Status.PENDING,
        verdict=Verdict.PASSED,
        evidence=evidence,
        run_id=run_id,
    )


def store(work: Work, told: Proposals) -> int:
    """Write them, all or none; returns how many are new. What a person decided meanwhile stays."""
    with transaction.atomic():
        work.confirm()
        proposed = _insert(told.fresh)
        for keyword in told.refreshed:
            waiting = Keyword.objects.filter(pk=keyword.pk, status__in=AWAITING)
            waiting.update(evidence=keyword.evidence)
    return proposed


def _insert(fresh: Sequence[Keyword]) -> int:
    """A person may add the same word at the same moment: theirs stays."""
    Keyword.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
