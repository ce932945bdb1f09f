"""The judged queries that come with the product: true, complete, and never laid over an edit."""

import csv
import json
from collections import Counter

import pytest
from django.core.management import call_command
from django.utils import timezone

from micasillero.catalog import builtin, codes, known_codes
from micasillero.quality.judged import below
from micasillero.quality.models import QueryJudgment, QueryType
from micasillero.quality.shipped import load_shipped, shipped_queries

QUERIES = shipped_queries()


def test_there_are_enough_of_each_type():
    types = Counter(query.type for query in QUERIES)
    assert set(types) == set(QueryType.values)
    assert 150 <= len(QUERIES) <= 200
    assert min(types.values()) >= 10


def test_each_has_an_answer_in_the_built_in_catalogue():
    rows = (row for path in builtin.files() for row in csv.DictReader(path.open(encoding="utf-8")))
    lines = sorted(row["item_no"] for row in rows if codes.is_leaf(row["item_no"]))
    assert [query.query for query in QUERIES if not query.grades(lines)] == []


def test_each_code_is_one_of_the_real_tariff():
    real = sorted(known_codes.leaf_digits())
    named = {code for query in QUERIES for code in (*query.relevant, *query.best)}
    assert [c for c in sorted(named) if not any(below(codes.digits(c), real))] == []


def test_each_ideal_code_is_an_acceptable_one():
    assert [q.query for q in QUERIES if not all(c.startswith(q.relevant) for c in q.best)] == []


@pytest.mark.django_db
class TestLoading:
    def test_migrating_loads_them(self):
        QueryJudgment.objects.all().delete()
        call_command("migrate", verbosity=0)
        assert [row.as_judged() for row in QueryJudgment.objects.asked()] == QUERIES

    def test_again_changes_nothing(self, capsys):
        call_command("load_queries", "--json")
        assert json.loads(capsys.readouterr().out) == {
            "added": 0, "renewed": 0, "kept": len(QUERIES),
        }  # fmt: skip

    def test_a_newer_edition_mends_what_nobody_edited(self):
        QueryJudgment.objects.filter(name="shipped-001").update(relevant=["01"])
        assert load_shipped().renewed == 1
        row = QueryJudgment.objects.get(name="shipped-001")
        assert row.as_judged() == QUERIES[0]

    def test_what_a_person_edited_or_switched_off_stays(self):
        edited = QueryJudgment.objects.filter(name="shipped-001")
        edited.update(relevant=["01"], active=False, edited_at=timezone.now())
        assert load_shipped().renewed == 0
        assert (edited.get().relevant, edited.get().active) == (["01"], False)
