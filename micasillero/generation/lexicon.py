"""The provider that needs no key: the words of the lexicon for a line's code, and what they and
the tariff's own words make together (derived)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from micasillero.catalog.codes import digits
from micasillero.keywords.loader import HEADING_DIGITS, Entry, lexicon
from micasillero.keywords.models import LONGEST_TEXT, Keyword, Language, Source, Status
from micasillero.keywords.store import Word

from . import derived
from .branches import Branches


@cache
def _by_prefix() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in lexicon():
        found[entry.digits].append(entry)
    return found


def alike(run_id: str) -> Keyword:
    """What all of them have in common. We wrote and reviewed them: a person may still reject one
    for a line."""
    return Keyword(source=Source.LEXICON, status=Status.APPROVED, provider="lexicon", run_id=run_id)


def keywords_of(lines: Sequence[tuple[int, str]], languages: Collection[str]) -> list[Word]:
    """The keywords of some lines (id, code), for each its own before its heading's, and then those
    that complete them (derived). A few queries. Raises LexiconError."""
    branches = Branches(line for line, _code in lines)
    return [
        Word(line, language, text[:LONGEST_TEXT], evidence)
        for line, code in lines
        if line in branches.places
        for (language, text), evidence in _of_line(branches, line, digits(code)).items()
        if language in languages
    ]


def _of_line(branches: Branches, line: int, number: str) -> dict[tuple[str, str], dict[str, str]]:
    """(language, text) with why, each once and under the narrowest prefix that has it."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    above: list[str] = []
    for length in range(len(number), 1, -1):
        for entry in _by_prefix().get(number[:length], ()):
            if HEADING_DIGITS <= length < len(number):
                above += entry.es
            evidence = {"prefix": entry.digits}
            for told in _told(entry):
                found.setdefault(told, evidence)
    own = branches.places[line].text
    if found:
        made, why = derived.completed(own, above), "lexicon"
    else:
        texts = [place.text for place in branches.above(line)]
        made, why = derived.from_texts(own, texts), "tariff"
    for text in made:
        found.setdefault((Language.SPANISH, text), {"derived": why})
    return found


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    for text in entry.es:
        yield Language.SPANISH, text
    for text in (*entry.en, *entry.brands):
        yield Language.ENGLISH, text
