"""Figures kept for all processes, on a real Redis as the product configures it."""

import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.core.cache import caches

from admintools.watch import kept
from admintools.watch.kept import Figures
from sicargabox.settings import CACHES

KEY, LONG_AGO = "figures", datetime(2000, 1, 1, tzinfo=UTC)
MANY = 100


@pytest.fixture
def redis(broker, settings):
    """The server of the caches, and a client that sees its bytes."""
    settings.CACHES = {**settings.CACHES, "default": CACHES["default"]}
    return broker.client(2)


def crowd(count, since, then=lambda: None):
    """What each of a hundred gets who ask at once, half of them in another process as far as the
    figures can tell."""
    processes, gate = (Figures(), Figures()), threading.Barrier(MANY)

    def ask(number):
        gate.wait(30)
        found = processes[number % 2].get(KEY, count, since=since)
        then()
        return found.figures

    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(ask, range(MANY)))


def test_a_hundred_who_find_nothing_cause_one_count(redis):
    counts = itertools.count(1)
    assert crowd(lambda: next(counts), LONG_AGO) == [1] * MANY


def test_a_hundred_who_find_old_figures_get_them_while_one_counts(redis):
    Figures().get(KEY, lambda: "old", since=LONG_AGO)
    answered = threading.Semaphore(0)

    def count():
        for _other in range(MANY - 1):
            assert answered.acquire(timeout=30)
        return "new"

    told = crowd(count, datetime.now(UTC), then=answered.release)
    assert sorted(told) == ["new"] + ["old"] * (MANY - 1)


def test_they_are_kept_compressed_and_the_lock_ends_by_itself(redis):
    figures = {"rows": ["consulta"] * 500}
    locks = []

    def count():
        locks.extend(redis.pttl(key) for key in redis.scan_iter("*counting"))
        return figures

    Figures().get(KEY, count, since=LONG_AGO)
    assert [0 < left <= kept.LOCK_SECONDS * 1000 for left in locks] == [True]
    (key,) = redis.keys()
    assert redis.strlen(key) < len(json.dumps(figures)) / 10
    assert 0 < redis.ttl(key) <= kept.KEPT_FOR


def test_while_redis_is_away_it_is_counted_once_for_the_process(redis, broker):
    process = Figures()
    process.get(KEY, lambda: "shared", since=LONG_AGO)
    broker.stop()
    counts = itertools.count(1)

    def ask(_number):
        return process.get(KEY, lambda: next(counts), since=LONG_AGO).figures

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [1] * 8
    assert caches["default"].get(KEY) is None
