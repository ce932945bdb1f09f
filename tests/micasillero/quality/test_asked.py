import pytest

from micasillero.quality import asked
from micasillero.quality.models import AskedQuery

pytestmark = pytest.mark.django_db


def test_a_query_is_counted_whatever_its_accents_and_capitals():
    asked.note("Café molido", 3)
    asked.note("cafe  MOLIDO", 3)
    row = AskedQuery.objects.get()
    assert (row.text, row.times, row.without) == ("cafe  MOLIDO", 2, 0)


def test_a_query_without_a_result_counts_as_such():
    asked.note("zorbatron", 0)
    asked.note("zorbatron", 1)
    row = AskedQuery.objects.get()
    assert (row.times, row.without) == (2, 1)


def test_it_is_kept_when_it_last_found_nothing():
    asked.note("zorbatron", 1)
    assert AskedQuery.objects.get().missed_at is None
    asked.note("zorbatron", 0)
    missed_at = AskedQuery.objects.get().missed_at
    asked.note("zorbatron", 1)
    row = AskedQuery.objects.get()
    assert missed_at is not None
    assert row.missed_at == missed_at < row.last_at


def test_signs_alone_are_no_query():
    asked.note(" ?! ", 0)
    assert not AskedQuery.objects.exists()


def test_a_very_long_query_is_cut_and_counted():
    asked.note("palabra " * 100, 0)
    assert len(AskedQuery.objects.get().folded) <= 200
