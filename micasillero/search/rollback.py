"""Goes back to the index before the live one.

That undoes a change of mapping, analysis or ranking. The data is the database's either way: the
index is brought up to date before it goes live and once more after.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from django.utils.translation import gettext_noop as _

from micasillero.work import Stopped, TryAgain, Work, WorkError

from .engines import get_engine
from .engines.seam import Engine, previous_of
from .reconcile import Tally, reconcile, reconcile_live


def rollback_index(*, work: Work, engine: Engine | None = None) -> dict:
    """Make the newest retired index live again; the one that was live becomes the retired one.

    Returns {documents, time, seconds, engine, index, previous, caught_up}. Raises
    WorkError("no_previous_index"), Stopped or TryAgain, and the live index then stays.
    """
    started = time.monotonic()
    engine = engine or get_engine()
    work.report(0, None, phase="prepare")
    retired = previous_of(engine.indices())
    live = engine.live_index()
    if not retired or live is None:
        raise WorkError(
            "no_previous_index",
            _("There is no earlier index to go back to. Rebuild the index instead."),
        )
    index = retired[0].name

    engine.reopen(index)
    tally = Tally()
    caught_up = reconcile(engine, index, tally=tally, on_chunk=_watched(work))
    engine.refresh(index)
    engine.seal(index)
    work.report(0, None, phase="swap")
    if work.should_stop():
        raise Stopped
    work.confirm()
    _swap(engine, index, live)
    caught_up += _catch_up(engine, work)
    seconds = round(time.monotonic() - started, 3)
    return {
        "documents": tally.seen - len(tally.failed),
        "time": f"{seconds:.1f}s",
        "seconds": seconds,
        "engine": engine.name,
        "index": index,
        "previous": live,
        "caught_up": caught_up,
    }


def _watched(work: Work) -> Callable[[int], None]:
    def on_chunk(seen: int) -> None:
        if work.should_stop():
            raise Stopped
        work.report(seen, None, phase="replay")

    return on_chunk


def _swap(engine: Engine, index: str, live: str) -> None:
    """Swap, and never ask to be repeated: a second rollback would undo the first."""
    try:
        engine.swap(index, expected=live)
    except TryAgain:
        with suppress(TryAgain, WorkError):
            if engine.live_index() == index:
                return
        raise WorkError(
            "swap_unanswered",
            _("The engine did not answer. See which index is live before you try again."),
        ) from None


def _catch_up(engine: Engine, work: Work) -> int:
    try:
        return reconcile_live(engine)
    except (TryAgain, WorkError) as error:
        work.note(
            _("The earlier index is live; what changed last follows later: %(reason)s"),
            level="warning",
            reason=str(error),
        )
        return 0
