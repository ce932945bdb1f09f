"""The first line of the console: how the search is, in one sentence for a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import number, when
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
    index: IndexStatus, *, rebuilding: bool, troubles: Sequence[str] = (), quality: str = ""
) -> Headline:
    """``troubles`` are sentences about jobs that cannot go on (see troubles.py); ``quality`` is one
    on how many searches find their line, "" where nobody measured."""
    told = _of_index(index, rebuilding=rebuilding, quality=quality)
    if not troubles:
        return told
    tone = "warn" if told.tone == "ok" else told.tone
    return replace(told, tone=tone, advice=(*told.advice, *troubles))


def _of_index(index: IndexStatus, *, rebuilding: bool, quality: str) -> Headline:
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
    return _working(index, quality)


def _working(index: IndexStatus, quality: str) -> Headline:
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
        facts.append(_("Every change is applied."))
    else:
        advice = _("The database has %(n)s lines: rebuild the index, or wait for the next check.")
        return Headline("warn", sentence, " ".join(facts), (advice % {"n": number(stored)},))
    return Headline("ok", sentence, " ".join(facts))


def _waiting(changes: int) -> str:
    return ngettext(
        "%(n)s change is waiting to be applied.",
        "%(n)s changes are waiting to be applied.",
        changes,
    ) % {"n": number(changes)}
