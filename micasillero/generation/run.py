"""One run of keyword generation: which lines, in which portions, and what came of it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from micasillero.keywords.loader import readable
from micasillero.keywords.models import Language
from micasillero.keywords.store import replace
from micasillero.work import Stopped, Work

from . import lexicon, model_run
from .scope import Scope

LEXICON = "lexicon"
BOTH = "both"
# Lines stored together: a run that is lost repeats no more than these.
PORTION = 50


def languages_of(language: str) -> frozenset[str]:
    """{"es"}, {"en"}, or both for "both" and ""."""
    return frozenset(Language.values if language in ("", BOTH) else [language])


def generate(
    work: Work,
    *,
    scope: Scope,
    provider: str = LEXICON,
    language: str = "",
    run_id: str = "",
    max_cost: float | None = None,
) -> dict[str, Any]:
    """Write the keywords of the lines in scope.

    Those of the lexicon are approved; those of a model wait for a person (see model_run), who
    reads a sample. ``max_cost`` in dollars lowers the cap of a run that costs money. Returns
    provider, items, added, removed and without (lines that got none); for a model what it cost in
    the place of removed. A run that lost its worker goes on after the lines it had stored. Raises
    WorkError("lexicon_broken" and those of providers and budget), TryAgain, Stopped.
    """
    languages = languages_of(language)
    if provider != LEXICON:
        return model_run.generate(
            work,
            scope=scope,
            provider=provider,
            languages=languages,
            run_id=run_id,
            max_cost=max_cost,
        )
    return _from_lexicon(work, scope, languages, run_id)


def _from_lexicon(
    work: Work, scope: Scope, languages: frozenset[str], run_id: str
) -> dict[str, Any]:
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
    return {"provider": LEXICON, "items": total, **counts}


def _store(
    portion: list[tuple[int, str]], languages: frozenset[str], run_id: str, counts: dict[str, int]
) -> None:
    with readable():
        wanted = lexicon.keywords_of(portion, languages)
    counts["without"] += len(portion) - len({word.line for word in wanted})
    lines = [line for line, _code in portion]
    change = replace(lexicon.alike(run_id), lines, wanted, languages)
    counts["added"] += change.added
    counts["removed"] += change.removed
