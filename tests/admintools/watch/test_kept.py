"""Figures that many look at are counted by one, and whoever comes meanwhile gets the old ones."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.utils import timezone

from admintools.watch import kept
from admintools.watch.kept import Figures
from tools.spawned import free_port

KEY, LOCK = "figures", "figures:counting"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MANY = 100


class Counting:
    """A count that notes how often it was made."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, int]:
        self.times += 1
        return {"n": self.times}


def never():
    raise AssertionError("counted though somebody else does")


@pytest.fixture
def cache():
    return caches["default"]


@pytest.fixture
def figures(cache):
    return Figures()


@pytest.fixture
def old(figures):
    """Figures that are there already."""
    return figures.get(KEY, Counting(), since=LONG_AGO)


def test_what_was_counted_lately_is_not_counted_again(figures):
    count = Counting()
    first = figures.get(KEY, count, since=LONG_AGO)
    assert first.figures == {"n": 1}
    assert figures.get(KEY, count, since=LONG_AGO) == first
    assert timezone.now() - first.counted_at < timedelta(minutes=1)


def test_each_key_has_its_own(figures, old):
    assert figures.get("others", lambda: 7, since=LONG_AGO).figures == 7
    assert figures.get(KEY, never, since=LONG_AGO) == old


def test_old_figures_are_counted_again(figures, old):
    fresh = figures.get(KEY, lambda: {"n": 2}, since=timezone.now())
    assert fresh.figures == {"n": 2}
    assert fresh.counted_at > old.counted_at
    assert figures.get(KEY, never, since=fresh.counted_at) == fresh


def test_while_one_counts_all_others_get_the_old_figures_at_once(figures, old, cache, monkeypatch):
    cache.add(LOCK, 1, 60)
    monkeypatch.setattr(kept, "LOOK_EVERY", "no time to wait: whoever tries fails")
    assert figures.get(KEY, never, since=timezone.now()) == old


def test_where_there_are_none_the_others_wait_for_the_one_who_counts(figures):
    begun, goes_on = threading.Event(), threading.Event()

    def count():
        begun.set()
        assert goes_on.wait(30)
        return 7

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(figures.get, KEY, count, since=LONG_AGO)
        assert begun.wait(30)
        other = threads.submit(figures.get, KEY, never, since=LONG_AGO)
        goes_on.set()
        assert one.result() == other.result()


def test_they_do_not_wait_for_long(figures, cache, monkeypatch):
    monkeypatch.setattr(kept, "WAIT_SECONDS", 0)
    cache.add(LOCK, 1, 60)
    assert figures.get(KEY, never, since=LONG_AGO) is None


def test_the_lock_of_one_who_died_is_free_after_its_time(figures, cache):
    cache.add(LOCK, 1, 0.05)
    assert figures.get(KEY, lambda: 7, since=LONG_AGO).figures == 7


def test_what_goes_wrong_is_told_to_the_one_who_counts_and_the_next_one_tries(figures):
    with pytest.raises(ZeroDivisionError):
        figures.get(KEY, lambda: 1 / 0, since=LONG_AGO)
    assert figures.get(KEY, lambda: 7, since=LONG_AGO).figures == 7


class Overtaken(LocMemCache):
    """A cache in which somebody else is done with it just before one's own lock is taken."""

    there = False

    def add(self, key, value, timeout=None, version=None):
        if not self.there:
            Overtaken.there = True
            Figures().get(KEY, lambda: "of the other", since=LONG_AGO)
        return super().add(key, value, timeout, version)


def test_what_another_has_counted_just_before_ones_lock_is_taken_as_it_is(settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Overtaken", "LOCATION": "overtaken"}}
    assert Figures().get(KEY, never, since=LONG_AGO).figures == "of the other"


def test_who_counts_too_long_leaves_the_lock_of_the_next_one_alone(figures, cache, monkeypatch):
    def slow():
        monkeypatch.setattr(kept, "LOCK_SECONDS", 0)
        cache.set(LOCK, "of another", 60)
        return 7

    figures.get(KEY, slow, since=LONG_AGO)
    assert cache.get(LOCK) == "of another"


def test_many_at_once_cause_one_count(figures):
    count, gate = Counting(), threading.Barrier(MANY)

    def ask(_number):
        gate.wait(30)
        return figures.get(KEY, count, since=LONG_AGO)

    with ThreadPoolExecutor(MANY) as threads:
        found = set(map(str, threads.map(ask, range(MANY))))
    assert count.times == 1
    assert len(found) == 1


@pytest.fixture
def away(settings):
    """A cache on a server that is not there, as the product configures it."""
    from sicargabox.settings import CACHES

    url = f"redis://127.0.0.1:{free_port()}/2"
    settings.CACHES = {"default": {**CACHES["default"], "LOCATION": url}}


def test_without_redis_each_process_counts_once_for_all_its_readers(away):
    one, other, count = Figures(), Figures(), Counting()
    assert {str(one.get(KEY, count, since=LONG_AGO)) for _reader in range(5)} == {
        str(one.get(KEY, never, since=LONG_AGO))
    }
    assert count.times == 1
    assert other.get(KEY, count, since=LONG_AGO).figures == {"n": 2}


def test_a_cache_that_is_back_is_used_again(away, settings, monkeypatch):
    figures = Figures()
    figures.get(KEY, lambda: "own", since=LONG_AGO)
    monkeypatch.setattr(figures, "_away_until", 0.0)
    back = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "back"}
    settings.CACHES = {"default": back}
    assert figures.get(KEY, lambda: "shared", since=LONG_AGO).figures == "shared"
    assert caches["default"].get(KEY)
