"""Figures, durations and times as the pages print them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from admintools.console.formatting import (
    about,
    ago,
    clock,
    duration,
    duration_range,
    number,
    ordinal,
    size,
    when,
)

NOW = datetime(2026, 11, 20, 16, 41, 3, tzinfo=UTC)  # 10:41:03 in Tegucigalpa


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("language", ["es-hn", "en"])
def test_thousands_have_a_comma_in_both_languages(language):
    with translation.override(language):
        assert number(7494) == "7,494"
        assert number(7494.5, 1) == "7,494.5"
        assert number(1.96, 1) == "2.0"
        assert number(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.01, "< 0.1 s"), (0.06, "0.1 s"), (1.42, "1.4 s"), (1.96, "2.0 s"), (3, "3 s"),
        (9.96, "10 s"), (48, "48 s"),
        (59.9, "1 min"), (149, "2 min 29 s"), (3900, "1 h 5 min"), (111600, "1 d 7 h"),
        (None, ""), (-3, "0 s"),
    ],
)  # fmt: skip
def test_durations(seconds, text):
    assert plain(duration(seconds)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1,023 B"), (1536, "1.5 KB"), (300 * 1024**2, "300 MB"),
     (5 * 1024**4, "5,120 GB")],
)  # fmt: skip
def test_sizes_are_counted_by_1024(count, text):
    assert plain(size(count)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(20, 35, "20–35 s"), (40, 40, "40 s"), (50, 80, "50 s–1 min 20 s"), (60, 120, "1–2 min")],
)
def test_ranges_say_the_unit_once(low, high, text):
    assert plain(duration_range(low, high)) == text


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [(2, "2.º", "2nd"), (3, "3.º", "3rd"), (11, "11.º", "11th"), (1021, "1,021.º", "1,021st")],
)
def test_ordinals(value, spanish, english):
    for language, text in (("es-hn", spanish), ("en", english)):
        with translation.override(language):
            assert ordinal(value) == text


def test_times_are_the_sites():
    with translation.override("es-hn"):
        assert clock(NOW) == "10:41:03"
        assert clock(NOW.isoformat()) == "10:41:03"
        assert when(NOW) == "hoy, 10:41"
        assert when(NOW - timedelta(days=1)) == "ayer, 10:41"
        assert when(NOW - timedelta(days=2)) == "18 nov, 10:41"
        assert when(NOW - timedelta(days=700)).startswith("20 dic 2024")
        assert plain(ago(NOW - timedelta(seconds=3))) == "hace 3 s"
        assert plain(ago(NOW - timedelta(minutes=12, seconds=34))) == "hace 12 min"
        assert plain(ago(NOW - timedelta(hours=31))) == "hace 1 d 7 h"
        assert when(None) == clock(None) == ago(None) == ""


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0, 0),
        (87, 87),
        (123, 120),
        (1_999, 2_000),
        (5_627_994, 5_600_000),
        (12_162_762, 12_000_000),
    ],
)
def test_an_estimate_has_two_figures_that_mean_something(value, rounded):
    assert about(value) == rounded
