"""Reading the lexicon: words for goods by code prefix. Its README tells the form of the files.

A fault is never passed over: a word in the wrong place would be found by customers. All faults are
told at once, each with its file, its key and what to do.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_noop as _

from micasillero.catalog.codes import digits
from micasillero.catalog.known_codes import prefixes
from micasillero.work import WorkError

FOLDER = Path(__file__).with_name("lexicon")
FIELDS = ("es", "en", "brands")
MOST_HEADINGS = 12
LONGEST_TERM = 60
HEADING_DIGITS = 4

_KEY = re.compile(r"\d{2}|\d{4}(?:\.\d{1,2}(?:(?<=\.\d\d)\.\d{1,2}(?:(?<=\.\d\d)\.\d\d)?)?)?")
# A comma only inside a number or a formula ("2,4-d"): elsewhere it was meant to be a semicolon.
TERM = re.compile(r"[#.@]?[^\W_](?:[\w '’&+./%:!#@\"-]|,(?=\d))*")


class LexiconError(ValueError):
    """The lexicon's files do not hold together. The message has a line for each fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Entry:
    """The words of one code prefix. ``digits`` is the prefix without dots."""

    digits: str
    es: tuple[str, ...]
    en: tuple[str, ...]
    brands: tuple[str, ...]

    def terms(self) -> Iterator[str]:
        yield from self.es
        yield from self.en
        yield from self.brands


@contextmanager
def readable() -> Iterator[None]:
    """Raise WorkError("lexicon_broken") for a lexicon that cannot be read."""
    try:
        yield
    except LexiconError as error:
        raise WorkError(
            "lexicon_broken",
            _("The lexicon of this installation is broken: %(fault)s"),
            fault=error.faults[0],
        ) from error


@cache
def lexicon() -> tuple[Entry, ...]:
    """The entries of the shipped files, in the order of their digits. Raises LexiconError."""
    return read(sorted(FOLDER.glob("[0-9][0-9].toml")))


def read(files: Iterable[Path]) -> tuple[Entry, ...]:
    """The entries of these files, checked together. Raises LexiconError."""
    faults: list[str] = []
    entries: list[Entry] = []
    for file in files:
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(f"{file.name}: not readable as TOML: {error}")
            continue
        for key, table in tables.items():
            where = f'{file.name} ["{key}"]'
            found = _entry(key, table, file.stem, where, faults)
            if found:
                entries.append(found)
    entries.sort(key=lambda entry: entry.digits)
    faults += _repeated_below(entries)
    faults += _too_widely_bound(entries)
    if faults:
        raise LexiconError(faults)
    return tuple(entries)


def _entry(key: str, table: object, chapter: str, where: str, faults: list[str]) -> Entry | None:
    number = digits(key)
    if not _KEY.fullmatch(key):
        faults.append(f'{where}: write the key as a code with its dots, such as "6404.11".')
    elif number not in prefixes():
        faults.append(f"{where}: the tariff has no code that begins so.")
    elif not number.startswith(chapter):
        faults.append(f"{where}: belongs into {number[:2]}.toml.")
    elif not isinstance(table, dict) or set(table) - set(FIELDS):
        faults.append(f"{where}: has {', '.join(FIELDS)} and nothing else.")
    else:
        before = len(faults)
        told = {name: _terms(table.get(name, ""), f"{where} {name}", faults) for name in FIELDS}
        if not any(told.values()) and len(faults) == before:
            faults.append(f"{where}: has no words. Write some, or remove it.")
        return Entry(number, **told)
    return None


def _terms(text: object, where: str, faults: list[str]) -> tuple[str, ...]:
    if not isinstance(text, str):
        faults.append(f"{where}: is one text with semicolons between the terms.")
        return ()
    found: dict[str, None] = {}
    for piece in text.split(";"):
        term = " ".join(piece.split()).lower()
        if not term:
            continue
        if not TERM.fullmatch(term) or len(term) > LONGEST_TERM:
            faults.append(f"{where}: {term!r} is no term of at most {LONGEST_TERM} letters.")
        elif term in found:
            faults.append(f"{where}: {term!r} stands twice; remove one.")
        found[term] = None
    return tuple(found)


def _repeated_below(entries: list[Entry]) -> Iterator[str]:
    """A word that holds for a heading holds below it: written there again it says nothing."""
    at: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for term in entry.terms():
            at[term].add(entry.digits)
    for term, places in at.items():
        for place in sorted(places):
            above = next((place[:n] for n in range(2, len(place)) if place[:n] in places), None)
            if above:
                yield f"{term!r} stands at {place} and already at {above}: remove one."


def _too_widely_bound(entries: list[Entry]) -> Iterator[str]:
    bound: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for term in entry.terms():
            bound[term].add(entry.digits[:HEADING_DIGITS])
    for term, headings in bound.items():
        if len(headings) > MOST_HEADINGS:
            listed = ", ".join(sorted(headings))
            yield (
                f"{term!r} is bound to {len(headings)} headings ({listed}), at most "
                f"{MOST_HEADINGS} may share a term: leave it where it is the usual answer."
            )
