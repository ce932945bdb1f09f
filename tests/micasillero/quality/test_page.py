"""The HTML page of an evaluation, which is sent around and opened without us."""

import re

from django.utils import translation

from micasillero.quality.compare import compare
from micasillero.quality.evaluate import Evaluation
from micasillero.quality.page import page

from .outcomes import evaluation, outcome


def told(found, change=None):
    with translation.override("es-hn"):
        return page(found, change)


def test_it_shows_the_measures_in_all_and_by_type():
    shown = told(evaluation(a=1, b=2))
    for name in ("S@1", "S@5", "P@5", "MRR@10", "nDCG@10"):
        assert f'<th class="n">{name}</th>' in shown
    assert shown.count('<td class="n">0.750</td>') == 2 * 5
    assert "<td>Todas</td>" in shown and "<td>es</td>" in shown


def test_the_worst_query_comes_first_with_what_it_found():
    found = Evaluation(
        (outcome("a", 1), outcome("b", None, "tenis", ("9503.00.10.00",)), outcome("c", 4)), ()
    )
    rows = re.findall(r"<td>(query \w|tenis)</td>", told(found))
    assert rows == ["tenis", "query c", "query a"]
    assert "9503.00.10.00" in told(found)


def test_against_a_baseline_it_names_the_queries_won_and_lost():
    before, now = evaluation(a=1, b=2), evaluation(a=2, b=1)
    change = compare(before.as_json()["outcomes"], now.as_json()["outcomes"])
    shown = told(now, change)
    assert "query b" in shown.split("Ganadas")[1].split("</li>")[0]
    assert "query a" in shown.split("Perdidas")[1].split("</li>")[0]
    assert "Ganadas" not in told(now)


def test_hostile_texts_are_shown_as_text():
    shown = told(Evaluation((outcome("<b>", 1, "<script>alert(1)</script>"),), ()))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_it_needs_nothing_else():
    shown = told(evaluation(a=1))
    assert not re.search(r"<(script|link|img)\b|\bsrc=|\bhref=|@import|url\(", shown)
