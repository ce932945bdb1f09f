"""Work that meddles, and engines that fail in one chosen way on top of a real one."""

from contextlib import contextmanager

import pytest

from micasillero.work import SilentWork

only_elasticsearch = pytest.mark.parametrize("engine", ["elasticsearch"], indirect=True)
only_tantivy = pytest.mark.parametrize("engine", ["tantivy"], indirect=True)


class During(SilentWork):
    """Does something once, when the run enters a phase; ``confirm`` counts as a phase."""

    def __init__(self, phase, act):
        self.phase, self.act, self.done = phase, act, False

    def report(self, done, total=None, message="", *, phase="", **params):
        # After the first chunk, so that the act falls into the middle of the phase.
        if phase == self.phase and (done or total is None):
            self._once()

    def confirm(self):
        if self.phase == "confirm":
            self._once()

    def _once(self):
        if not self.done:
            self.done = True
            self.act()


class StoppedAt(SilentWork):
    """Cancelled as soon as the run has entered a phase."""

    def __init__(self, phase):
        self.phase, self.reached, self.last = phase, False, ""

    def report(self, done, total=None, message="", *, phase="", **params):
        self.last = phase
        self.reached = self.reached or phase == self.phase

    def should_stop(self):
        return self.reached


class Through:
    """A real engine of which one method is replaced."""

    def __init__(self, engine, **replaced):
        self._engine = engine
        self.__dict__.update(replaced)

    def __getattr__(self, name):
        return getattr(self._engine, name)


def altering(engine, alter):
    """The engine, with each line passed through ``alter`` before it is written; None drops it."""

    @contextmanager
    def writer(target):
        with engine.writer(target) as real:
            index = real.index
            real.index = lambda lines: index([m for line in lines if (m := alter(line))])
            yield real

    return Through(engine, writer=writer)
