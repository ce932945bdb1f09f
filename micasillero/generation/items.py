"""The lines as a model is told of them: what stands above, beside and outside of each.

A "Los demás" means nothing alone. What it is left over from is said by its siblings, and where a
branch above it is a "Los demás" too, by the siblings of that.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from micasillero.keywords.models import Keyword
from micasillero.search.documents import split_exclusions

from .branches import Branches, Place, portions

# A prompt is paid by its length: enough to tell goods apart, in letters, lines and keywords.
LONGEST_OWN = 600
LONGEST_BESIDE = 200
MOST_BESIDE = 40
MOST_KNOWN = 20  # of a language

_LEFTOVER = re.compile(r"(?:(?:los|las|lo|el|la)\s+)?(?:dem[aá]s|otr[oa]s?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One tariff line. Texts are without "excepto ..." clauses, which stand in ``exclusions``.

    ``ancestors`` go from the heading down. ``siblings`` stand under the same parent;
    ``left_over_from`` is what a leftover line, or one below a leftover branch, does not hold.
    ``known`` are some of the approved keywords, the line's own first. ``beside`` are the ids of
    the lines among which a search has to tell this one, itself included.
    """

    pk: int
    code: str
    description: str
    description_en: str
    ancestors: tuple[str, ...]
    siblings: tuple[str, ...]
    left_over_from: tuple[str, ...]
    exclusions: tuple[str, ...]
    known: tuple[str, ...]
    beside: tuple[int, ...]

    @property
    def is_leftover(self) -> bool:
        """Is it "Los demás ..." or "Otros ..."?"""
        return is_leftover(self.description)

    def canonical(self) -> dict[str, Any]:
        """What of the line the answer of a model depends on: the same for as long as the tariff's
        texts are. Known keywords are left out, for every run adds some: an answer that was paid
        would never be found again. The filters drop what it repeats."""
        return {
            "code": self.code,
            "description": self.description,
            "description_en": self.description_en,
            "ancestors": list(self.ancestors),
            "siblings": [text for text in self.siblings if text not in self.left_over_from],
            "left_over_from": list(self.left_over_from),
            "exclusions": list(self.exclusions),
        }


def is_leftover(text: str) -> bool:
    """Does a text begin as "Los demás", "Las demás" or "Otros" do?"""
    return _LEFTOVER.match(text) is not None


def without_leftover(text: str) -> str:
    """What a text says beside "Los demás": of "Los demás hornos" it is "hornos"."""
    return _LEFTOVER.sub("", text, count=1).strip(" ,") if is_leftover(text) else text


def items_of(ids: Sequence[int]) -> list[Item]:
    """The lines in the order of the ids; one that does not exist is left out.

    A few queries, however many lines: see Branches.
    """
    branches = Branches(ids)
    known = _known(pk for pk in ids if pk in branches.places)
    return [_item(branches, branches.places[pk], known) for pk in ids if pk in branches.places]


def _item(branches: Branches, place: Place, known: dict[int, list[str]]) -> Item:
    above = branches.above(place.pk)
    left_over = [
        other
        for branch in (*above, place)
        if is_leftover(branch.text)
        for other in branches.beside(branch)
    ]
    return Item(
        pk=place.pk,
        code=place.code,
        description=_kept(place, LONGEST_OWN),
        description_en=_cut(place.text_en, LONGEST_OWN),
        ancestors=tuple(_kept(branch, LONGEST_OWN) for branch in above),
        siblings=_told(branches.beside(place)),
        left_over_from=_told(left_over),
        exclusions=_excluded((*above, place)),
        known=tuple(known.get(place.pk, ())),
        beside=tuple(_beside(branches, place, above)),
    )


def _beside(branches: Branches, place: Place, above: Sequence[Place]) -> list[int]:
    """The lines under the nearest branch that has others, too; what is left over is told from
    what it is left over from."""
    found = [place.pk]
    for branch in reversed(above):
        found = branches.leaves_below(branch.pk)
        if len(found) > 1 and not is_leftover(branch.text):
            break
    return found


def _told(places: Iterable[Place]) -> tuple[str, ...]:
    """Their texts, each once."""
    kept = (_kept(place, LONGEST_BESIDE) for place in places)
    return tuple(dict.fromkeys(text for text in kept if text))[:MOST_BESIDE]


def _kept(place: Place, longest: int) -> str:
    return _cut(split_exclusions(place.text)[0], longest)


def _excluded(places: Iterable[Place]) -> tuple[str, ...]:
    clauses = (_cut(split_exclusions(place.text)[1], LONGEST_OWN) for place in places)
    return tuple(dict.fromkeys(clause for clause in clauses if clause))


def _cut(text: str, longest: int) -> str:
    """One line of at most so many letters, ended at a word, without the colon of a branch."""
    flat = " ".join(text.split()).rstrip(" :")
    return flat if len(flat) <= longest else flat[:longest].rsplit(" ", 1)[0]


def _known(ids: Iterable[int]) -> dict[int, list[str]]:
    """The first approved keywords of each line. The lexicon writes a line's own before its
    heading's, so the first are the nearest."""
    found: dict[int, list[str]] = defaultdict(list)
    counted: Counter[tuple[int, str]] = Counter()
    for part in portions(ids):
        chosen = Keyword.objects.approved().filter(partida_id__in=part).order_by("pk")
        for line, language, text in chosen.values_list("partida_id", "language", "text"):
            counted[line, language] += 1
            if counted[line, language] <= MOST_KNOWN:
                found[line].append(text)
    return found
