"""The quality page: how good the search is, how it was, and which queries it does not find."""

import re

import pytest

from admintools.console.home.headline import headline
from admintools.console.quality.figures import measured
from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import QueryJudgment, SearchEvaluation
from micasillero.search.status import IndexStatus

from .conftest import HTML, JSON
from .quality_rows import FOUND, asked, kept

QUALITY = "/admin/elasticsearch/quality/"
NBSP = "\N{NO-BREAK SPACE}"
pytestmark = pytest.mark.django_db


def shown(client, address=QUALITY):
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_the_first_evaluation_it_says_how_to_make_one(boss):
    page = shown(boss)
    assert "no se ha medido" in page
    assert "/admin/elasticsearch/launch/evaluate_search/" in page


def test_the_first_line_is_a_sentence_for_a_person(boss):
    kept(a=1, b=2, c=None)
    assert "6 de cada 10 búsquedas encuentran su partida" in shown(boss)


def test_so_does_the_home_page_say_it_of_the_engine_in_use():
    kept(engine="tantivy", a=1, b=None)
    index = IndexStatus("tantivy", "x", reachable=True, index="x-1", documents=2)
    told = headline(index, rebuilding=False, quality=measured("tantivy"))
    assert told.more.startswith("5 de cada 10 búsquedas encuentran su partida")
    assert measured("elasticsearch") == ""


def test_figures_stand_beside_those_of_the_time_before(boss):
    kept(a=1, b=None)
    kept(a=1, b=1)
    page = shown(boss)
    assert f'<span class="co-big">100{NBSP}%</span>' in page
    assert f"antes 50{NBSP}%" in page


def test_the_trend_is_drawn_by_the_server_and_said_in_words(boss):
    for _week in range(3):
        kept(a=1, b=None)
    page = shown(boss)
    (points,) = re.findall(r'<polyline class="five" points="([^"]+)"', page)
    assert len(points.split()) == 3
    assert f"3 evaluaciones: entre las primeras 5, de 50{NBSP}% a 50{NBSP}%." in page


def test_the_trend_keeps_engines_apart(boss):
    kept(engine="elasticsearch", a=1)
    kept(engine="tantivy", a=1)
    (points,) = re.findall(r'<polyline class="five" points="([^"]+)"', shown(boss))
    assert len(points.split()) == 1


def test_the_worst_queries_come_first_with_what_they_found(boss):
    PartidaArancelaria.objects.create(item_no=FOUND, descripcion="Tenis de lona", is_leaf=True)
    QueryJudgment.objects.create(name="b", query="consulta b", type="es", relevant=["9503"])
    kept(a=1, b=None, c=4)
    page = shown(boss)
    assert page.index("consulta b") < page.index("consulta c")
    assert "consulta a" not in page
    assert "Tenis de lona" in page
    assert '<span class="co-code">9503</span>' in page


def test_an_earlier_evaluation_has_a_page_of_its_own(boss):
    first = kept(a=None)
    kept(a=1)
    assert "0 de cada 10" in shown(boss, f"{QUALITY}{first.pk}/")


def test_an_evaluation_is_saved_as_one_html_file(boss):
    row = kept(a=None)
    answer = boss.get(f"{QUALITY}{row.pk}/export/", headers=HTML)
    assert answer["Content-Disposition"] == f'attachment; filename="evaluation-{row.pk}.html"'
    assert answer.content.decode().startswith("<!doctype html>")
    assert "consulta a" in answer.content.decode()
    assert "tantivy integrado, partidas-1" in answer.content.decode()


@pytest.mark.parametrize("number", ["0", "999", "9" * 40])
@pytest.mark.parametrize("tail", ["", "export/"])
def test_an_evaluation_that_is_not_there_is_404(boss, number, tail):
    assert boss.get(f"{QUALITY}{number}/{tail}", headers=JSON).status_code == 404


class TestComparing:
    def test_differences_p_and_the_queries_that_moved(self, boss):
        before, now = kept(a=None, b=1), kept(a=2, b=1)
        page = shown(boss, f"{QUALITY}compare/?before={before.pk}&now={now.pk}")
        assert "2 consultas en ambas" in page
        assert re.search(r"<td>S@5</td>\s*<td[^>]*>0.500</td>\s*<td[^>]*>1.000</td>", page)
        assert '<td class="co-num is-ok">+0.500</td>' in page
        better = page.split('id="won-h"')[1]
        assert "consulta a" in better
        assert "consulta a" not in page.split('id="lost-h"')[1].split('id="won-h"')[0]

    def test_what_has_nothing_in_common_says_so(self, boss):
        before, now = kept(a=1), kept(b=1)
        page = shown(boss, f"{QUALITY}compare/?before={before.pk}&now={now.pk}")
        assert "ninguna consulta en común" in page

    @pytest.mark.parametrize("query", ["", "before=1", "before=x&now=9", "before=9e9&now=%00"])
    def test_what_cannot_be_compared_is_said(self, boss, query):
        answer = boss.get(f"{QUALITY}compare/?{query}", headers=JSON)
        assert answer.status_code == 400
        assert "now" in answer.json()["errors"]
        assert boss.get(f"{QUALITY}compare/?{query}", headers=HTML).status_code == 400

    def test_two_are_needed(self, boss):
        kept(a=1)
        assert 'name="before"' not in shown(boss)
        kept(a=1)
        assert 'name="before"' in shown(boss)


def test_what_found_nothing_is_listed_the_most_frequent_first(boss):
    asked("uno", without=1)
    asked("dos", without=5)
    asked("tres", without=0)
    asked("cuatro", state="dismissed")
    page = shown(boss).split('id="asked-h"')[1]
    assert page.index("dos") < page.index("uno")
    assert "tres" not in page
    assert "cuatro" not in page


def test_the_word_of_each_can_be_added(boss):
    row = asked()
    link = "/admin/elasticsearch/classify/?q=zorbatr%C3%B3n&amp;add=1"
    assert link in shown(boss)
    assert link in shown(boss, f"{QUALITY}asked/{row.pk}/")


def test_who_adds_words_and_judges_nothing_has_that_button_alone(person, client_of):
    row = asked()
    page = shown(client_of(person("view_console", "classify_goods", "add_keyword")))
    assert "add=1" in page
    assert f"asked/{row.pk}/" not in page


def test_who_may_only_look_has_no_buttons(person, client_of):
    kept(a=1)
    row = asked()
    page = shown(client_of(person("view_console")))
    assert "zorbatrón" in page
    assert f"asked/{row.pk}/" not in page
    assert "add=1" not in page
    assert "launch/evaluate_search" not in page
    assert SearchEvaluation.objects.count() == 1
