"""The provider that needs no key: the words of the lexicon for a line's code."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from micasillero.catalog.codes import digits
from micasillero.keywords.loader import Entry, lexicon
from micasillero.keywords.models import LONGEST_TEXT, Keyword, Language, Source, Status


@cache
def _by_prefix() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in lexicon():
        found[entry.digits].append(entry)
    return found


def keywords_of(line: int, code: str, languages: frozenset[str], run_id: str) -> Iterator[Keyword]:
    """The keywords of one line, its own before its heading's. Raises LexiconError."""
    number = digits(code)
    seen: set[tuple[str, str]] = set()
    for length in range(len(number), 1, -1):
        for entry in _by_prefix().get(number[:length], ()):
            for language, text in _told(entry):
                if language in languages and (language, text) not in seen:
                    seen.add((language, text))
                    yield Keyword(
                        partida_id=line,
                        text=text[:LONGEST_TEXT],
                        language=language,
                        source=Source.LEXICON,
                        # Written and reviewed by us; a person may still reject it for a line.
                        status=Status.APPROVED,
                        evidence={"prefix": entry.digits},
                        provider="lexicon",
                        run_id=run_id,
                    )


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    for text in entry.es:
        yield Language.SPANISH, text
    for text in (*entry.en, *entry.brands):
        yield Language.ENGLISH, text
