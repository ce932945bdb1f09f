"""The first line of the console: how the search is, in one sentence for a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import ago, number, when
from micasillero.search.status import IndexStatus


@dataclass(frozen=True)
class Headline:
    """``tone`` is ok, warn or err and names the icon too. ``more`` are facts, "" where there are
    none; ``advice`` are sentences on what to do, the most urgent first."""

    tone: str
    sentence: str
    more: str = ""
    advice: tuple[str, ...] = ()


def headline(
    index: IndexStatus,
    *,
    rebuilding: bool,
    troubles: Sequence[str] = (),
    quality: str = "",
    applied_at: datetime | None = None,
) -> Headline:
    """``troubles`` are sentences about what cannot go on (see troubles.py); ``quality`` is one
    on how many searches find their line, "" where nobody measured; ``applied_at`` is when a change
    last reached the index."""
    told = _at_fault(index, rebuilding=rebuilding) or _working(index, quality, applied_at)
    if not troubles:
        return told
    tone = "warn" if told.tone == "ok" else told.tone
    return replace(told, tone=tone, advice=(*told.advice, *troubles))


def _at_fault(index: IndexStatus, *, rebuilding: bool) -> Headline | None:
    """What keeps the search from working, if anything does."""
    if index.health == "red":
        return Headline(
            "err",
            _("The search is damaged: the engine cannot reach some of its data."),
            advice=(
                _(
                    "Start its nodes that are missing and look at their disks. "
                    "What stays lost, a rebuild of the index brings back."
                ),
            ),
        )
    if not index.reachable:
        return Headline(
            "err",
            _("The search is down: the engine does not answer."),
            advice=(_("Start it and check its address in the settings."),),
        )
    if not index.index:
        if rebuilding:
            return Headline("warn", _("The first search index is being built."))
        advice = _("Rebuild the index to create it.")
        return Headline("err", _("There is no search index yet."), advice=(advice,))
    if not index.documents and index.database_documents:
        return Headline("err", _("The search index is empty."), advice=(_("Rebuild the index."),))
    return None


def _working(index: IndexStatus, quality: str, applied_at: datetime | None) -> Headline:
    documents, stored = index.documents or 0, index.database_documents or 0
    sentence = ngettext(
        "The search works: %(n)s tariff line.", "The search works: %(n)s tariff lines.", documents
    ) % {"n": number(documents)}
    facts = [quality] if quality else []
    if index.created_at:
        facts.append(_("Index built %(when)s.") % {"when": when(index.created_at)})
    if index.pending_changes:
        facts.append(_waiting(index.pending_changes))
    elif documents == stored:
        facts.append(_applied(applied_at))
    else:
        advice = _("The database has %(n)s lines: rebuild the index, or wait for the next check.")
        return Headline("warn", sentence, " ".join(facts), (advice % {"n": number(stored)},))
    return Headline("ok", sentence, " ".join(facts))


def _applied(last: datetime | None) -> str:
    if last is None:
        return _("Every change is applied.")
    return _("Last change applied %(ago)s.") % {"ago": ago(last)}


def _waiting(changes: int) -> str:
    return ngettext(
        "%(n)s change is waiting to be applied.",
        "%(n)s changes are waiting to be applied.",
        changes,
    ) % {"n": number(changes)}
