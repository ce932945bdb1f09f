"""Items a second, as the row and the page tell them."""

from types import SimpleNamespace

import pytest

from admintools.jobs import pace
from admintools.jobs.pace import Pace


@pytest.fixture
def at(monkeypatch):
    """Sets the clock."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def move(seconds):
        clock.now = seconds

    return move


def test_it_is_what_was_done_in_the_last_seconds(at):
    told = Pace()
    for second in range(31):
        at(second)
        rate = told.of("index", 10 * second if second <= 10 else 100 + 50 * (second - 10))
    assert rate == pytest.approx(50)


def test_items_that_take_a_minute_have_their_rate_all_along(at):
    told = Pace()
    rates = []
    for second in range(0, 301, 15):
        at(second)
        rates.append(told.of("index", second // 60))
    assert rates[-1] == pytest.approx(1 / 60)
    assert all(rate is not None and rate <= 1 / 59 for rate in rates[8:])


def test_it_falls_while_nothing_moves(at):
    told = Pace()
    at(0)
    told.of("index", 0)
    at(10)
    assert told.of("index", 100) == pytest.approx(10)
    at(100)
    assert told.of("index", 100) == pytest.approx(1)


def test_each_phase_has_its_own(at):
    told = Pace()
    at(0)
    told.of("index", 0)
    at(10)
    told.of("index", 1000)
    at(11)
    assert told.of("verify", 1000) is None
