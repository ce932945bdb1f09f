"""One run of keyword generation: which lines, in which portions, and what came of it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop as _

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.loader import LexiconError
from micasillero.keywords.models import Keyword, Language, Source
from micasillero.keywords.store import replace
from micasillero.work import Stopped, Work, WorkError

from . import lexicon

PROVIDERS = ("lexicon",)
BOTH = "both"
# Lines stored together: a run that is lost repeats no more than these.
PORTION = 50


@dataclass(frozen=True)
class Scope:
    """Which lines: all, those of a chapter ("64"), or those that have no approved keyword."""

    chapter: str = ""
    missing: bool = False

    def lines(self) -> QuerySet:
        """(id, code) of the lines, in the order of the id."""
        leaves = PartidaArancelaria.objects.leaves()
        if self.chapter:
            leaves = leaves.filter(item_no__startswith=self.chapter)
        if self.missing:
            told = Keyword.objects.approved().filter(partida=OuterRef("pk"))
            leaves = leaves.filter(~Exists(told))
        return leaves.order_by("pk").values_list("pk", "item_no")


def generate(
    work: Work, *, scope: Scope, provider: str = "lexicon", language: str = BOTH, run_id: str = ""
) -> dict[str, Any]:
    """Write the keywords of the lines in scope.

    Returns provider, items, added, removed and without (lines that got none). A run that lost its
    worker goes on after the lines it had stored. Raises WorkError("lexicon_broken"), Stopped.
    """
    if provider not in PROVIDERS:
        raise WorkError("unknown_provider", _("There is no provider %(name)s."), name=provider)
    languages = frozenset(Language.values if language == BOTH else [language])
    lines = list(scope.lines())
    # Those of a lost attempt have keywords now and are missing no more.
    left = lines if scope.missing else lines[work.resumed_from :]
    done, total = work.resumed_from, work.resumed_from + len(left)
    counts = {"added": 0, "removed": 0, "without": 0}
    for start in range(0, len(left), PORTION):
        if work.should_stop():
            raise Stopped
        portion = left[start : start + PORTION]
        with transaction.atomic():
            _store(portion, languages, run_id, counts)
            done += len(portion)
            work.keep(done)
        work.report(done, total, _("%(n)s keywords written"), phase="store", n=counts["added"])
    return {"provider": provider, "items": total, **counts}


def _store(
    portion: list[tuple[int, str]], languages: frozenset[str], run_id: str, counts: dict[str, int]
) -> None:
    try:
        wanted = lexicon.keywords_of(portion, languages, run_id)
    except LexiconError as error:
        raise WorkError(
            "lexicon_broken",
            _("The lexicon of this installation is broken: %(fault)s"),
            fault=error.faults[0],
        ) from error
    counts["without"] += len(portion) - len({keyword.partida_id for keyword in wanted})
    change = replace(Source.LEXICON, [line for line, _code in portion], wanted, languages)
    counts["added"] += change.added
    counts["removed"] += change.removed
