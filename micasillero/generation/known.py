"""What is known of suggested keywords before they are judged, read for many lines at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from micasillero.analysis import phrase_key
from micasillero.keywords.loader import HEADING_DIGITS, lexicon
from micasillero.keywords.models import Keyword, Status
from micasillero.keywords.wording import normalise

from .branches import portions
from .items import Item
from .suggestions import Suggestion

Answered = tuple[Item, Sequence[Suggestion]]


@dataclass(frozen=True)
class Known:
    """``statuses``: by line, the status of each keyword it has, under its analysis.phrase_key;
    ``headings``: by text, the headings that it stands for (the first four digits)."""

    statuses: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    headings: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def about(cls, answers: Sequence[Answered]) -> "Known":
        """What the database and the lexicon say of these answers: two queries for each 900 lines
        or texts. Raises LexiconError."""
        texts = {normalise(said.text) for _item, found in answers for said in found}
        return cls(_statuses(item.pk for item, _found in answers), _headings(texts))

    def status(self, line: int, key: str) -> str:
        """That of the line's keyword, "" where it has none."""
        return self.statuses.get(line, {}).get(key, "")


def _statuses(lines: Iterable[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for part in portions(lines):
        rows = Keyword.objects.filter(partida_id__in=part).order_by()
        for line, text, status in rows.values_list("partida_id", "text", "status"):
            key = phrase_key(text)
            # Rejected once, in whatever form, it stays rejected.
            if found[line].get(key) != Status.REJECTED:
                found[line][key] = status
    return dict(found)


def _headings(texts: Collection[str]) -> dict[str, frozenset[str]]:
    """The headings of the lexicon's terms and of all keywords but rejected ones, those that wait
    for a decision included: a word that a run gives to everything is seen while it runs."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in lexicon():
        for term in entry.terms():
            if term in texts:
                found[term].add(entry.digits[:HEADING_DIGITS])
    for part in portions(sorted(texts)):
        rows = Keyword.objects.filter(text__in=part).exclude(status=Status.REJECTED).order_by()
        # Not distinct by the first digits, which would need a function of each database.
        for text, code in rows.values_list("text", "partida__item_no").distinct().iterator():
            found[text].add(code[:HEADING_DIGITS])
    return {text: frozenset(places) for text, places in found.items()}
