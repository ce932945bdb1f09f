"""Writing the keywords of one source: what it says now takes the place of what it said before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db import connections, transaction
from django.utils import timezone

from micasillero.catalog.changes import mark_ids

from .models import Keyword, Language, Source

# Rows of one statement.
PART = 500
# Line, language and text: a line has a word once.
Place = tuple[int, str, str]
SUGGESTED = (Source.AI, Source.LEARNED)


@dataclass(frozen=True)
class Change:
    """Rows written and taken away."""

    added: int
    removed: int


class Word(NamedTuple):
    """What one keyword says for itself."""

    line: int
    language: str
    text: str
    evidence: dict[str, Any]


def replace(
    alike: Keyword,
    lines: Sequence[int],
    wanted: Iterable[Word],
    languages: Collection[str] = Language.values,
) -> Change:
    """Make ``wanted`` the keywords that a source has for these lines in these languages.

    What they have in common says ``alike``, a keyword that is not stored: its source, status,
    provider and run. A keyword that is there already stays as it is, whoever wrote it; what a
    person decided stays, too. Only what a model or choices suggested and nobody decided gives way:
    it may wait unsearched, and would go with its run. The lines that changed are marked for the
    search index. Few lines at a time: their keywords are held in memory.
    """
    asked = {word[:3]: word for word in wanted}
    with transaction.atomic():
        gone: dict[int, Place] = {}
        touched: set[int] = set()
        there = Keyword.objects.filter(partida_id__in=lines, language__in=languages).order_by()
        columns = ("pk", "partida_id", "language", "text", "source", "decided_at")
        for pk, line, language, text, said_by, decided_at in there.values_list(*columns):
            place = (line, language, text)
            leave = SUGGESTED if place in asked else (alike.source,)
            if decided_at is None and said_by in leave:
                gone[pk] = place
                touched.add(line)
            else:
                asked.pop(place, None)
        stayed = _remove(gone)
        for place in stayed:
            asked.pop(place, None)
        _insert(alike, asked.values(), there.db)
        touched.update(line for line, _language, _text in asked)
        mark_ids(sorted(touched), there.db)
    return Change(len(asked), len(gone) - len(stayed))


def _remove(gone: Mapping[int, Place]) -> list[Place]:
    """Delete the rows of these ids; returns the places of those that a person has decided since
    they were read, and that stay."""
    ids, stayed = list(gone), []
    for start in range(0, len(ids), PART):
        part = Keyword.objects.filter(pk__in=ids[start : start + PART])
        if part.undecided()._raw_delete(part.db) < len(ids[start : start + PART]):
            stayed += [gone[pk] for pk in part.values_list("pk", flat=True)]
    return stayed


def propose(line: int, wanted: Sequence[Keyword]) -> int:
    """Add what the line does not have yet, in whatever status; returns how many. Rows that are
    there stay as they are. Proposals are pending: the search index has nothing to follow."""
    there = set(Keyword.objects.filter(partida_id=line).values_list("language", "text"))
    fresh = [keyword for keyword in wanted if (keyword.language, keyword.text) not in there]
    Keyword.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _insert(alike: Keyword, words: Iterable[Word], using: str) -> None:
    """As bulk_create, which makes an object of each row and asks every field of it how to store it:
    much of what the hundreds of thousands of rows of the lexicon took (docs/decisions.md).
    """
    connection = connections[using]
    fields = {f.attname: f for f in Keyword._meta.concrete_fields if not f.primary_key}
    alike.created_at = timezone.now()
    same = [
        field.get_db_prep_save(getattr(alike, name), connection) for name, field in fields.items()
    ]
    line, language, text, evidence = (
        list(fields).index(name) for name in ("partida_id", "language", "text", "evidence")
    )
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields.values())
    table = connection.ops.quote_name(Keyword._meta.db_table)
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    most = (connection.features.max_query_params or PART * len(fields)) // len(fields)
    waiting = iter(words)
    with connection.cursor() as cursor:
        while part := list(islice(waiting, most)):
            values: list[Any] = []
            for word in part:
                same[line], same[language], same[text] = word[:3]
                same[evidence] = fields["evidence"].get_db_prep_save(word.evidence, connection)
                values += same
            places = ", ".join([row] * len(part))
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {places}", values)  # noqa: S608
