"""Writing the keywords of one source: what it says now takes the place of what it said before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from micasillero.catalog.changes import mark_ids

from .models import Keyword, Language, Source

# Rows of one statement.
PART = 500


@dataclass(frozen=True)
class Change:
    """Rows written and taken away."""

    added: int
    removed: int


def replace(
    source: Source,
    lines: Sequence[int],
    wanted: Iterable[Keyword],
    languages: Collection[str] = Language.values,
) -> Change:
    """Make ``wanted`` the keywords that this source has for these lines in these languages.

    A keyword that is there already stays as it is, whoever wrote it; what a person decided stays,
    too. The lines that changed are marked for the search index. Few lines at a time: their
    keywords are held in memory.
    """
    asked = {(k.partida_id, k.language, k.text): k for k in wanted}
    with transaction.atomic():
        gone: list[int] = []
        touched: set[int] = set()
        there = Keyword.objects.filter(partida_id__in=lines, language__in=languages).order_by()
        columns = ("pk", "partida_id", "language", "text", "source", "decided_at")
        for pk, line, language, text, said_by, decided_at in there.values_list(*columns):
            known = asked.pop((line, language, text), None)
            if known is None and said_by == source and decided_at is None:
                gone.append(pk)
                touched.add(line)
        Keyword.objects.bulk_create(asked.values(), batch_size=PART)
        for start in range(0, len(gone), PART):
            chosen = Keyword.objects.filter(pk__in=gone[start : start + PART])
            chosen._raw_delete(chosen.db)
        touched.update(line for line, _language, _text in asked)
        mark_ids(sorted(touched), there.db)
    return Change(len(asked), len(gone))
