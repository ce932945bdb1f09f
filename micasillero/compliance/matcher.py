"""Which rules a text meets. Pure: knows neither the database nor events.

Texts are compared as words: in lower case, without accents, one space between them, and nothing of
the punctuation but what stands within a number (``"Pistola-eléctrica, 9.5 mm"`` is ``"pistola
electrica 9.5 mm"``). An expression finds whole words only.

All rules are one automaton, read once over a text however many they are; only of the rules that it
names the exceptions are looked at.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import re2

from micasillero.analysis import fold, words

from .patterns import PatternError, compiled, options, whole

logger = logging.getLogger(__name__)

QUERIES, DESCRIPTIONS = "queries", "descriptions"
# The automaton's states are made as texts need them, and kept up to here.
SET_MEMORY = 64 * 2**20
GAP = " | "


class Hit(NamedTuple):
    """A rule, by its id, and the words that it found."""

    rule: int
    found: str


@dataclass(frozen=True)
class Wanted:
    """A rule as the matcher needs it: the sources of its expressions (see patterns), and where it
    looks (QUERIES, DESCRIPTIONS)."""

    rule: int
    patterns: str
    exceptions: str = ""
    places: frozenset[str] = frozenset((QUERIES, DESCRIPTIONS))


class Matcher:
    """Compiled once, then asked as often as one likes."""

    def __init__(self, wanted: Iterable[Wanted]) -> None:
        """Rules that cannot be compiled are left out and told to the log: none of them may keep the
        others from being looked at."""
        self._rules: list[_Compiled] = []
        for each in wanted:
            try:
                self._rules.append(_Compiled(each))
            except (PatternError, re2.error) as error:
                logger.error("Rule %s is left out: %s", each.rule, error)
        self._met = _automaton([rule.source for rule in self._rules])

    def __len__(self) -> int:
        return len(self._rules)

    def match(self, text: str, place: str = DESCRIPTIONS) -> list[Hit]:
        """The rules for that place that the text meets, in the order they were given."""
        seen = as_words(text)
        met = self._met(seen)
        if met == _NONE:
            return []
        # No answer at all, not even number 0: all of them are asked.
        rules = [self._rules[at - 1] for at in sorted(met) if at] if met else self._rules
        hits = ((rule, rule.find(seen)) for rule in rules if place in rule.places)
        return [Hit(rule.id, found) for rule, found in hits if found]


# Number 0 matches every text: without it an automaton that gave up would look like a text that
# meets no rule.
_NONE = [0]


def _automaton(sources: Sequence[str]) -> Callable[[str], list[int]]:
    """Takes a text and gives the places of the sources that it meets, counted from 1, and 0; none
    where the memory was not enough, for the rules or for this text."""
    found = re2.Set.SearchSet(options(SET_MEMORY))
    for source in ("", *sources):
        found.Add(source)
    try:
        found.Compile()
    except re2.error as error:
        logger.error("The rules are looked at one by one: %s", error)
        return lambda _text: []
    return found.Match


class _Compiled:
    """One rule's expressions, each compiled."""

    def __init__(self, wanted: Wanted) -> None:
        self.id, self.places = wanted.rule, wanted.places
        self.source = whole(wanted.patterns)
        exceptions = whole(wanted.exceptions)
        if not self.source:
            raise PatternError(["no expression"])
        self._pattern = compiled(self.source)
        self._exception = compiled(exceptions) if exceptions else None

    def find(self, seen: str) -> str:
        """The words that alarm, "" where there are none but those of an exception."""
        if self._exception:
            # A gap, so that what stood on either side does not become neighbours.
            seen = self._exception.sub(GAP, seen)
        match = self._pattern.search(seen)
        return match.group() if match else ""


def as_words(text: str) -> str:
    """The text as it is compared."""
    return " ".join(words(fold(text)))
