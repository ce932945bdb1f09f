"""How the index is, for a page that must answer even when the engine does not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.work import TryAgain, WorkError

from .engines import get_engine
from .engines.seam import Engine, previous_of

T = TypeVar("T")

# A page waits no longer than this for an engine that hangs.
PATIENCE_SECONDS = 1.0


@dataclass
class IndexStatus:
    """What is known. None: there is no such index, or it could not be learned (see detail).
    ``health`` as Engine.health; ``oldest_change_at`` of those that wait."""

    engine: str
    alias: str
    reachable: bool = False
    detail: str = ""
    health: str = ""
    index: str | None = None
    documents: int | None = None
    created_at: datetime | None = None
    previous: str | None = None
    previous_documents: int | None = None
    previous_created_at: datetime | None = None
    database_documents: int | None = None
    pending_changes: int | None = None
    oldest_change_at: datetime | None = None

    @property
    def sound(self) -> bool:
        """It answers, and can reach all it holds."""
        return self.reachable and self.health != "red"


def index_status(engine: Engine | None = None) -> IndexStatus:
    """The state of the index now. Never raises: an engine that is away is a value."""
    status = IndexStatus(engine=settings.SEARCH_ENGINE, alias=settings.SEARCH_ALIAS)
    leaves = PartidaArancelaria.objects.filter(is_leaf=True)
    status.database_documents = _learned(leaves.count)
    _look_at_changes(status)
    try:
        engine = engine or get_engine()
        status.engine, status.alias = engine.name, engine.alias
        status.detail = engine.ping(PATIENCE_SECONDS)
        status.reachable = not status.detail
        if status.reachable:
            status.health = engine.health(PATIENCE_SECONDS)
            _look(engine, status)
    except (TryAgain, WorkError, OSError) as error:
        status.reachable, status.detail = False, str(error)
    return status


def _look_at_changes(status: IndexStatus) -> None:
    waiting = {"n": Count("pk"), "oldest": Min("marked_at")}
    found = _learned(lambda: DirtyPartida.objects.aggregate(**waiting))
    if found:
        status.pending_changes, status.oldest_change_at = found["n"], found["oldest"]


def _look(engine: Engine, status: IndexStatus) -> None:
    indices = engine.indices()
    live = next((i for i in indices if i.live), None)
    if live:
        status.index, status.created_at = live.name, live.created_at
        status.documents = engine.count(live.name)
    retired = previous_of(indices)
    if retired:
        status.previous = retired[0].name
        status.previous_created_at = retired[0].created_at
        status.previous_documents = engine.count(retired[0].name)


def _learned(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except DatabaseError:
        return None
