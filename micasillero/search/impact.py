"""What a rebuild or a rollback would do now, for a person who is about to launch it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero.work import TryAgain, WorkError

from .documents import LAYOUT
from .engines import get_engine
from .engines.seam import Engine, previous_of
from .reconcile import count_differing
from .status import PATIENCE_SECONDS, index_status


@dataclass(frozen=True)
class RebuildImpact:
    """``documents`` are the leaves of the database, ``indexed`` those that searches find now (None:
    no index, or it could not be asked). ``serves``: searches use this engine. ``detail`` says in a
    sentence why the engine does not answer, "" when it does."""

    engine: str
    serves: bool
    documents: int | None
    indexed: int | None
    live: str | None
    detail: str


@dataclass(frozen=True)
class RollbackImpact:
    """``index`` is the one that would go live, None where there is none to return to.

    ``changes`` documents of it differ from the database and are replayed; ``complete`` False: there
    was no time to compare all, it may be more. ``refusal`` is a msgid: why it cannot be done.
    """

    live: str | None
    index: str | None = None
    created_at: datetime | None = None
    documents: int | None = None
    changes: int = 0
    complete: bool = True
    refusal: str = ""


def rebuild_impact(engine_name: str | None = None) -> RebuildImpact:
    """What rebuilding with that engine, or with the one in use, would do. Never raises."""
    serving = settings.SEARCH_ENGINE
    name = engine_name or serving
    status = index_status(None if name == serving else get_engine(name))
    return RebuildImpact(
        engine=name,
        serves=name == serving,
        documents=status.database_documents,
        indexed=status.documents,
        live=status.index,
        detail=status.detail,
    )


def rollback_impact(
    engine: Engine | None = None, *, seconds: float = PATIENCE_SECONDS
) -> RollbackImpact:
    """What returning to the previous index would do; compares for so many seconds. Never raises."""
    live = None
    try:
        engine = engine or get_engine()
        if engine.ping(PATIENCE_SECONDS):
            return RollbackImpact(None, refusal=_("The search engine does not answer."))
        live = engine.live_index()
        retired = previous_of(engine.indices())
        if not retired or live is None:
            return RollbackImpact(live, refusal=_("There is no previous index to return to."))
        index = retired[0]
        if index.layout != LAYOUT:
            told = _("The previous index was made by another version of the product.")
            return RollbackImpact(live, index.name, index.created_at, refusal=told)
        documents = engine.count(index.name)
        changes, complete = count_differing(engine, index.name, seconds=seconds)
    except (TryAgain, WorkError, OSError):
        return RollbackImpact(live, refusal=_("The search engine does not answer."))
    return RollbackImpact(live, index.name, index.created_at, documents, changes, complete)
