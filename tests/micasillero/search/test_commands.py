"""manage.py search and sync_index --once, on the embedded engine."""

import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.engines import _engine
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def embedded(settings, tmp_path):
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.VAR_DIR = tmp_path
    _engine.cache_clear()
    yield
    _engine.cache_clear()


@pytest.fixture
def indexed():
    PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Tenis para correr", is_leaf=True
    )
    rebuild_index(work=SilentWork(), token="a")


def test_search_prints_one_json_object(indexed, capsys):
    call_command("search", "tenis", "-k", "3", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["query", "relaxed", "hits"]
    assert (answer["query"], answer["hits"][0]["code"]) == ("tenis", "6404.11.00.00")


def test_search_prints_a_line_for_each_hit(indexed, capsys):
    call_command("search", "tenis", "para", "correr")
    assert capsys.readouterr().out.startswith("6404.11.00.00")


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
