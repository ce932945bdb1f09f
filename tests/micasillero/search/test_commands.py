"""manage.py search and sync_index --once, on the embedded engine."""

import json

import pytest
from django.core.management import CommandError, call_command

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.support.fixtures import embedded  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


@pytest.fixture
def indexed(embedded):  # noqa: F811
    PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Tenis para correr", is_leaf=True
    )
    PartidaArancelaria.objects.create(
        item_no="9302.00.00.00", descripcion="Revólveres y pistolas", is_leaf=True,
        courier_category="PROHIBITED", category_reason="Armas.", permit_authority="Policía",
    )  # fmt: skip
    rebuild_index(work=SilentWork(), token="a")


def test_search_prints_one_json_object(indexed, capsys):
    call_command("search", "tenis", "-k", "3", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["query", "relaxed", "hits"]
    assert (answer["query"], answer["hits"][0]["code"]) == ("tenis", "6404.11.00.00")


def test_search_prints_a_line_for_each_hit(indexed, capsys):
    call_command("search", "tenis", "para", "correr")
    assert capsys.readouterr().out.startswith("6404.11.00.00")


def test_search_says_why_goods_are_not_carried_and_who_allows_them(indexed, capsys):
    call_command("search", "pistola")
    line, reason, authority = capsys.readouterr().out.splitlines()
    assert "PROHIBITED" in line
    assert (reason.strip(), authority.strip()) == ("Armas.", "Policía")


def test_search_finds_lines_of_one_category_only(indexed, capsys):
    call_command("search", "tenis pistola", "--category", "PROHIBITED", "--json")
    assert [hit["code"] for hit in json.loads(capsys.readouterr().out)["hits"]] == ["9302.00.00.00"]


def test_search_explains_a_hit(indexed, capsys):
    call_command("search", "tenis", "rojos", "--explain", "6404.11.00.00")
    first, match, missing = capsys.readouterr().out.splitlines()
    assert first.startswith("6404.11.00.00")
    assert "tenis  own: Tenis para correr" in match
    assert missing.endswith("rojos")


def test_search_explains_no_line_that_is_not_there(indexed):
    with pytest.raises(CommandError, match=r"8888\.88"):
        call_command("search", "tenis", "--explain", "8888.88")


def test_search_without_an_index_says_what_to_do():
    with pytest.raises(CommandError) as refused:
        call_command("search", "tenis")
    assert refused.value.returncode == 1
    assert str(refused.value)


def test_search_for_nothing_is_refused(indexed):
    with pytest.raises(CommandError):
        call_command("search", " ")


@pytest.mark.parametrize("k", ["0", "101"])
def test_search_refuses_a_number_of_hits_out_of_range(indexed, k):
    with pytest.raises(CommandError) as refused:
        call_command("search", "tenis", "-k", k)
    assert refused.value.returncode == 2


def test_sync_once_brings_the_index_in_line(indexed, capsys):
    PartidaArancelaria.objects.update(descripcion="Zapatillas")
    call_command("sync_index", "--once")
    call_command("search", "zapatillas", "--json")
    assert '"6404.11.00.00"' in capsys.readouterr().out
