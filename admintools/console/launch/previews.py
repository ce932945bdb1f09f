"""What each job says of a launch before it is made. JobDefinition names these functions.

Each takes the run's parameters and returns an Impact in the active language.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.fact import Fact
from admintools.console.formatting import number, when, whole_percent
from admintools.jobs.retention import due
from admintools.tasks.retained import OLDER, retained
from micasillero.catalog.staging import count_stale
from micasillero.events.models import Event
from micasillero.quality.models import QueryJudgment, SearchEvaluation
from micasillero.search.impact import RollbackImpact, rebuild_impact, rollback_impact

from .forms import ENGINES
from .impact import Impact

Parameters = Mapping[str, Any]


def rebuild(parameters: Parameters) -> Impact:
    """Rebuilding the index: every leaf of the database."""
    told = rebuild_impact(parameters.get("engine"))
    documents = told.documents or 0
    figures = [Fact(_("Documents"), number(documents), _indexed(told.indexed))]
    if not told.serves:
        figures.append(Fact(_("Engine"), str(ENGINES[told.engine]), _("not the one in use")))
    queries = QueryJudgment.objects.asked().count()
    figures.append(Fact(_("Judged queries"), number(queries), _gated(parameters)))
    warning = _("The search engine does not answer now: %(reason)s") % {"reason": told.detail}
    return Impact(
        items=documents,
        figures=tuple(figures),
        summary=ngettext(
            "%(n)s tariff line is indexed.", "%(n)s tariff lines are indexed.", documents
        )
        % {"n": number(documents)},
        after=_after_rebuild(told.live if told.serves else None),
        warning=warning if told.detail else "",
        refusal="" if documents else _("There are no tariff lines to index. Import a tariff."),
    )


def _gated(parameters: Parameters) -> str:
    if parameters.get("accept_worse"):
        return _("the index goes live even if it answers them worse")
    return _("the new index must answer them as well as the one in use")


def _indexed(documents: int | None) -> str:
    if documents is None:
        return _("there is no index yet")
    return _("the index in use has %(n)s") % {"n": number(documents)}


def _after_rebuild(live: str | None) -> str:
    if live is None:
        return _("Searches go on as they are until the new index is verified.")
    if not settings.SEARCH_PREVIOUS_KEPT:
        return _("Searches go on meanwhile. The index in use is deleted afterwards.")
    return _("Searches go on meanwhile. The index in use stays as the previous one.")


def rollback(parameters: Parameters) -> Impact:
    """Returning to the previous index: what of its data is no longer today's."""
    told = rollback_impact()
    if told.refusal:
        return Impact(items=None, summary="", refusal=_(told.refusal))
    made = _("built %(when)s") % {"when": when(told.created_at)}
    changes = number(told.changes)
    documents = Fact(_("Documents of the previous index"), number(told.documents))
    at_least = _("at least %(n)s") % {"n": changes}
    return Impact(
        items=told.changes,
        figures=(
            Fact(_("It returns to"), told.index or "", made, code=True),
            documents,
            Fact(
                _("Changes to replay"),
                changes if told.complete else at_least,
                _("so that the data stay today's"),
            ),
        ),
        summary=_rollback_summary(told),
        after=_("The index in use becomes the previous one: launch this again to come back."),
    )


def _rollback_summary(told: RollbackImpact) -> str:
    if not told.complete:
        return _("Searches change to the previous definition; many changes are replayed first.")
    if not told.changes:
        return _("Searches change to the previous definition; its data are today's already.")
    return ngettext(
        "Searches change to the previous definition; %(n)s change is replayed first.",
        "Searches change to the previous definition; %(n)s changes are replayed first.",
        told.changes,
    ) % {"n": number(told.changes)}


def evaluate(parameters: Parameters) -> Impact:
    """Asking the judged queries: how many, and what the last time came to."""
    queries = QueryJudgment.objects.asked().count()
    engine = parameters.get("engine") or settings.SEARCH_ENGINE
    last = SearchEvaluation.objects.of_engine(engine).first()
    figures = [Fact(_("Judged queries"), number(queries), _("written by us and by your staff"))]
    if last:
        found = _("last time, %(when)s") % {"when": when(last.at)}
        figures.append(Fact(_("Found among the first 5"), whole_percent(last.success_5), found))
    return Impact(
        items=queries,
        figures=tuple(figures),
        summary=ngettext("%(n)s query is asked.", "%(n)s queries are asked.", queries)
        % {"n": number(queries)},
        after=_("Searches are not disturbed. The figures join the trend on the quality page."),
        refusal="" if queries else _("There are no judged queries. Run manage.py load_queries."),
    )


def cleanup(parameters: Parameters) -> Impact:
    """What is past its retention."""
    runs_days = parameters.get("keep_runs_days", settings.KEEP_RUNS_DAYS)
    log_days = parameters.get("keep_log_days", settings.KEEP_LOG_DAYS)
    old = due(runs_days=runs_days, lines_days=log_days)
    figures = [
        Fact(_("Runs to delete"), number(old.runs), _ended_before(runs_days)),
        Fact(_("Log lines to delete"), number(old.lines), _ended_before(log_days)),
    ]
    rest = _beside_runs()
    figures += [figure for count, figure in rest if count] + _to_redact()
    deletes = old.runs + old.lines + sum(count for count, _figure in rest)
    words = {
        "runs": ngettext("%(n)s run", "%(n)s runs", old.runs) % {"n": number(old.runs)},
        "lines": ngettext("%(n)s log line", "%(n)s log lines", old.lines)
        % {"n": number(old.lines)},
    }
    return Impact(
        items=deletes,
        deletes=deletes,
        figures=tuple(figures),
        summary=_("%(runs)s and %(lines)s are deleted for good.") % words
        if old.runs + old.lines
        else _("No run is deleted, only what stands below.")
        if deletes
        else _("There is nothing to delete with these days."),
        after=_(
            "What is deleted cannot be brought back. The tariff and its index are not touched."
        ),
    )


def _beside_runs() -> list[tuple[int, Fact]]:
    """What else a cleanup deletes: how many rows, and how the page says it."""
    uploads = count_stale(timedelta(days=settings.KEEP_UPLOADS_DAYS))
    beside = [(uploads, Fact(_("Uploads to delete"), number(uploads), _("never applied")))]
    for kept in retained():
        counts = [old.count() for old in kept.old()]
        fact = Fact(str(kept.label), number(counts[-1]), _aged(kept.age, kept.days))
        beside.append((sum(counts), fact))
    return beside


def _to_redact() -> list[Fact]:
    days = settings.KEEP_PERSONAL_DAYS
    before = timezone.now() - timedelta(days=days)
    events = Event.objects.received_before(before).personal().count()
    label, age = _("Events to empty of personal data"), _ended_before(days)
    return [Fact(label, number(events), age)] if events else []


def _ended_before(days: int) -> str:
    return _aged(OLDER, days)


def _aged(words: Any, days: int) -> str:
    return str(words % {"days": days, "n": number(days)})
