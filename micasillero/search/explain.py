"""Why a line is found: which word of the query it has, in which field, and what that counts.

Reads the line from the database and weighs it as the engines do (ranking.py), so the points add up
to the score of the hit as long as the index is up to date.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from django.utils.translation import gettext_noop as _

from micasillero import analysis
from micasillero.catalog import codes
from micasillero.catalog.models import PartidaArancelaria
from micasillero.work import WorkError

from .documents import document
from .engines import get_engine
from .engines.seam import Engine
from .intent import CodeIntent, Wanted, intent_of
from .query import by_code, normalised
from .ranking import FIELD_WEIGHTS, PHRASE_WEIGHT
from .reading import some_lines
from .weighing import wanted

CODE, PHRASE = "code", "phrase"


@dataclass(frozen=True)
class Match:
    """One reason why the line is found.

    ``word`` of the query, folded, met ``term`` in ``text``, which stands in ``field`` of the line:
    ``keywords``, ``own``, ``ancestors``, ``phrase`` (a keyword that the query names whole) or
    ``code``. It counts ``points``, which is ``weight``, the word's own by its rarity, times
    ``share``, the field's. ``corrected``: the line has another word than was typed.
    """

    word: str
    term: str
    field: str
    text: str
    weight: float
    share: float
    points: float
    corrected: bool = False


@dataclass(frozen=True)
class Explanation:
    """Why ``code`` answers ``query``, or does not: then without matches and with a score of 0.
    ``missing`` are the words of the query that the line does not have."""

    query: str
    code: str
    score: float
    matches: tuple[Match, ...]
    missing: tuple[str, ...]

    def as_json(self) -> dict:
        """The explanation as the command gives it."""
        return asdict(self)


def explain(text: str, code: str, *, engine: Engine | None = None) -> Explanation:
    """Why the line of that code, with its dots or without, is found by the text.

    Raises WorkError("no_line") where no tariff line has the code, and as ``search``.
    """
    query = normalised(text)
    fields = _fields_of(code)
    engine = engine or get_engine()
    intent = intent_of(query)
    if isinstance(intent, CodeIntent):
        reached, hits = by_code(intent, engine, engine.alias, 1)
        if hits:
            return _told(query, fields, _code_matches(intent, reached, fields), ())
    asked = wanted(query, engine, engine.alias)
    matches = list(_word_matches(asked, fields))
    missing = _missing(query, {match.word for match in matches})
    if matches:
        matches += _phrase_matches(asked, fields)
    return _told(query, fields, matches, missing)


def _fields_of(code: str) -> Mapping:
    """The document of the line (documents.FIELDS)."""
    item_no = codes.dotted(codes.digits(code.strip()))
    ids = PartidaArancelaria.objects.leaves().filter(item_no=item_no).values_list("pk", flat=True)
    # Nothing but a code is looked up: PostgreSQL refuses a NUL with an error of its own.
    known = list(ids) if codes.is_leaf(item_no) else []
    for _ids, lines in some_lines(known):
        for line in lines:
            return document(line)
    raise WorkError("no_line", _("There is no tariff line %(line)s."), line=code)


def _told(
    query: str, fields: Mapping, matches: Sequence[Match], missing: tuple[str, ...]
) -> Explanation:
    score = round(sum(match.points for match in matches), 4)
    heaviest = sorted(matches, key=lambda match: -match.points)
    return Explanation(query, fields["item_no"], score, tuple(heaviest), missing)


def _code_matches(asked: CodeIntent, reached: CodeIntent, fields: Mapping) -> list[Match]:
    if not fields["code"].startswith(reached.digits):
        return []
    other = reached != asked
    return [
        Match(asked.digits, reached.digits, CODE, fields["item_no"], 1.0, 1.0, 1.0, corrected=other)
    ]


def _word_matches(asked: Wanted, fields: Mapping) -> Iterator[Match]:
    """For each word of the query the place where it counts most."""
    for word, group in zip(asked.words, asked.groups, strict=True):
        found = (
            Match(word, term, field, text, weight, share, weight * share,
                  corrected=term not in analysis.forms(word))
            for term, weight in group.items()
            for field, share in FIELD_WEIGHTS.items()
            for text in fields[field]
            if term in analysis.terms(text)
        )  # fmt: skip
        best = max(found, key=lambda match: match.points, default=None)
        if best:
            yield best


def _phrase_matches(asked: Wanted, fields: Mapping) -> list[Match]:
    """The keyword of most weight that the query names whole."""
    keys = {analysis.phrase_key(text): text for text in reversed(fields["keywords"])}
    named = [(weight, key) for key, weight in asked.phrases.items() if key in keys]
    if not named:
        return []
    weight, key = max(named, key=lambda pair: pair[0])
    points = weight * PHRASE_WEIGHT
    return [Match(key, key, PHRASE, keys[key], weight, PHRASE_WEIGHT, points)]


def _missing(query: str, met: set[str]) -> tuple[str, ...]:
    words = analysis.query_words(query)
    # Two words may have been taken for one: "air fryer", airfryer.
    as_one = {word for pair in pairwise(words) if "".join(pair) in met for word in pair}
    return tuple(word for word in words if word not in met | as_one)
