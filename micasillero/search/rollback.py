"""Goes back to the index before the live one.

That undoes a change of mapping, analysis or ranking. The data is the database's either way: the
index is brought up to date before it goes live and once more after.
"""

import time

from django.utils.translation import gettext_noop as _

from micasillero.work import Stopped, Work, WorkError

from .engines import get_engine
from .engines.seam import Engine, previous_of
from .reconcile import Tally, reconcile, reconcile_live


def rollback_index(*, work: Work, engine: Engine | None = None) -> dict:
    """Make the newest retired index live again; the one that was live becomes the retired one.

    Returns {documents, time, seconds, engine, index, previous, caught_up}. Raises
    WorkError("no_previous_index"), Stopped (the live index then stays) or TryAgain.
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

    def on_chunk(seen: int) -> None:
        if work.should_stop():
            raise Stopped
        work.report(seen, None, phase="replay")

    engine.reopen(index)
    tally = Tally()
    caught_up = reconcile(engine, index, tally=tally, on_chunk=on_chunk)
    engine.refresh(index)
    engine.seal(index)
    work.report(0, None, phase="swap")
    if work.should_stop():
        raise Stopped
    work.confirm()
    engine.swap(index, expected=live)
    caught_up += reconcile_live(engine)
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
