"""Builds a new index beside the live one, verifies it and swaps the alias to it.

Searches see the old index until the one step in which they see the new one. Each attempt has an
index of its own and starts over: nothing is resumed, and an attempt that lost its run can write
neither to the live index nor to its successor's.
"""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from micasillero.catalog.models import PartidaArancelaria
from micasillero.work import Stopped, TryAgain, Work, WorkError

from .engines import get_engine
from .engines.seam import Engine, leftovers_of, previous_of
from .reconcile import Tally, reconcile, reconcile_live
from .verify import verify

PASSES = 8
# A pass of the replay that finds no more than this is close enough: what it found was sent, is
# compared once more, and the rest comes after the swap.
SMALL_LAG = 100
REFUSED_NAMED = 200
_TOKEN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# Elasticsearch's reasons begin with the kind of the fault.
_FAULT = re.compile(r"(?P<kind>[a-z_]{1,60}): (?P<reason>.+)", re.DOTALL)

# Given the engine, the new index and the live one (None for none), says in figures how the new one
# answers, or raises WorkError when it must not go live.
Gate = Callable[[Engine, str, str | None], dict[str, Any]]


def rebuild_index(
    *, work: Work, token: str, engine: Engine | None = None, gate: Gate | None = None
) -> dict:
    """Rebuild the index from the database; what searches see changes in one step, at the end.

    ``token`` names the attempt (a-z, 0-9, - and _) and must differ between attempts. ``gate`` is
    asked last before the swap. Returns {documents, time, seconds, engine, index, previous,
    verified, caught_up, failed} and the gate's figures. Raises Stopped, TryAgain or WorkError; the
    live index is then as it was and the new one is gone.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"not a token for an index name: {token!r}")
    started = time.monotonic()
    engine = engine or get_engine()
    attempt = _Attempt(engine, work, token)
    attempt.prepare()
    try:
        attempt.fill()
        attempt.replay()
        attempt.verify()
        quality = gate(engine, attempt.index, attempt.previous) if gate else {}
        attempt.swap()
    except BaseException:
        attempt.discard()
        raise
    caught_up = attempt.catch_up()
    attempt.prune()
    seconds = round(time.monotonic() - started, 3)
    return {
        "documents": attempt.tally.seen - len(attempt.tally.failed),
        "time": f"{seconds:.1f}s",
        "seconds": seconds,
        "engine": engine.name,
        "index": attempt.index,
        "previous": attempt.previous,
        "verified": True,
        "caught_up": caught_up,
        "failed": len(attempt.tally.failed),
        **quality,
    }


def _told_apart(fault: str) -> tuple[str, str]:
    """(kind, reason) of what an engine says when it refuses a line."""
    match = _FAULT.fullmatch(fault)
    return (match["kind"], match["reason"]) if match else ("refused", fault)


class _Attempt:
    """One attempt, step by step."""

    def __init__(self, engine: Engine, work: Work, token: str) -> None:
        self.engine = engine
        self.work = work
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        self.index = f"{engine.alias}-{stamp}-{token}"
        self.previous: str | None = None
        self.tally = Tally()
        self.total = 0
        self._may_be_live = False
        self._named: set[int] = set()

    def prepare(self) -> None:
        """Clear what dead runs left, count the lines, make the empty index."""
        self.work.report(0, None, phase="prepare")
        if self.work.should_stop():
            raise Stopped
        self.total = PartidaArancelaria.objects.filter(is_leaf=True).count()
        if not self.total:
            raise WorkError(
                "empty_catalog", _("There are no tariff lines to index. Import a tariff first.")
            )
        # One run at a time works on the index, so whatever else is half-built is nobody's.
        for leftover in leftovers_of(self.engine.indices()):
            self.engine.delete(leftover.name)
            self.work.note(_("Removed %(index)s, left by a run that died."), index=leftover.name)
        self.previous = self.engine.live_index()
        self.engine.create_building(self.index)
        self.work.note(
            _("New index %(index)s. Lines to index: %(lines)s."), index=self.index, lines=self.total
        )

    def fill(self) -> None:
        """The first pass: everything differs from an empty index."""
        self.work.report(0, self.total, phase="index")
        self._pass("index")
        self.work.note(
            _("Documents indexed: %(documents)s."),
            documents=self.tally.seen - len(self.tally.failed),
        )

    def replay(self) -> None:
        """Pass after pass over what changed meanwhile, until nothing or little differs."""
        for _pass in range(PASSES):
            self.work.report(0, self.total, phase="replay")
            if self._pass("replay") <= SMALL_LAG + len(self.tally.failed):
                return
        raise WorkError(
            "never_settles",
            _("The index still differs from the tariff after %(passes)s passes. Try again later."),
            passes=PASSES,
        )

    def _pass(self, phase: str) -> int:
        def on_chunk(seen: int) -> None:
            if self.work.should_stop():
                raise Stopped
            self.work.report(seen, max(seen, self.total), phase=phase)

        self.tally = Tally()
        differed = reconcile(self.engine, self.index, tally=self.tally, on_chunk=on_chunk)
        self._judge_failures()
        self.engine.refresh(self.index)
        return differed

    def _judge_failures(self) -> None:
        failed = self.tally.failed
        self._name_refused()
        if len(failed) > settings.SEARCH_FAILURES_ALLOWED:
            raise WorkError(
                "too_many_failures",
                _(
                    "The engine refused %(failed)s lines; %(allowed)s are allowed. "
                    "The log of the run names them. The live index stays as it was."
                ),
                failed=len(failed),
                allowed=settings.SEARCH_FAILURES_ALLOWED,
            )

    def _name_refused(self) -> None:
        """Name the lines that this attempt has not named yet, up to REFUSED_NAMED in all."""
        room = REFUSED_NAMED - len(self._named)
        fresh = [pk for pk in self.tally.failed if pk not in self._named][:room]
        if not fresh:
            return
        self._named.update(fresh)
        codes = dict(PartidaArancelaria.objects.filter(pk__in=fresh).values_list("pk", "item_no"))
        for pk in fresh:
            kind, reason = _told_apart(self.tally.failed[pk])
            self.work.refuse(
                codes.get(pk, f"id {pk}"),
                kind,
                _("The engine refused the line: %(reason)s"),
                reason=reason,
            )

    def verify(self) -> None:
        """Refuse an index that is not what the database says or does not answer."""
        self.work.report(0, None, phase="verify")
        verify(self.engine, self.index, self.tally)
        self.engine.seal(self.index)
        self.work.note(
            _("Verified: documents equal to the tariff: %(documents)s; samples are found."),
            documents=self.tally.seen - len(self.tally.failed),
        )

    def swap(self) -> None:
        """The one step. Asking whether the run is still ours comes last before it."""
        self.work.report(0, None, phase="swap")
        if self.work.should_stop():
            raise Stopped
        self.work.confirm()
        self._may_be_live = True
        try:
            self.engine.swap(self.index, expected=self.previous)
        except WorkError:
            self._may_be_live = False
            raise
        self.work.note(
            _("The alias points to %(index)s; before, to %(previous)s."),
            index=self.index,
            previous=self.previous or "-",
        )

    def catch_up(self) -> int:
        """Bring in what was written since the replay. The index is live: no fault undoes that."""
        try:
            return reconcile_live(self.engine)
        except (TryAgain, WorkError) as error:
            self.work.note(
                _("The new index is live; what changed last follows later: %(reason)s"),
                level="warning",
                reason=str(error),
            )
            return 0

    def prune(self) -> None:
        """Keep the newest retired indices, as many as the settings say."""
        try:
            for index in previous_of(self.engine.indices())[settings.SEARCH_PREVIOUS_KEPT :]:
                self.engine.delete(index.name)
        except (TryAgain, WorkError) as error:
            self.work.note(
                _("Older indices could not be removed; the next rebuild will: %(reason)s"),
                level="warning",
                reason=str(error),
            )

    def discard(self) -> None:
        """Remove the half-built index. What cannot be removed now, the next run removes.

        A swap whose answer was lost may still be carried out, so its index is left alone.
        """
        if not self._may_be_live:
            with suppress(TryAgain, WorkError):
                self.engine.delete(self.index)
                self.work.note(
                    _("Removed %(index)s, which was half built; the live index did not change."),
                    index=self.index,
                )
