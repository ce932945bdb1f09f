"""`manage.py classify_manifest FILE`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.models import Manifest
from micasillero.search.engines import _engine, get_engine
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork

from .test_classify import SHOES, of_its_own

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def index(settings):
    PartidaArancelaria.objects.create(item_no=SHOES, descripcion="Tenis", is_leaf=True)
    of_its_own(settings)
    rebuild_index(work=SilentWork(), token="manifest")
    yield
    for one in get_engine().indices():
        get_engine().delete(one.name)
    _engine.cache_clear()


def classify(file, *options):
    """(exit code, what it printed)"""
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("classify_manifest", str(file), *options, stdout=out, stderr=out)
    return ended.value.code, out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "guia.csv"
    path.write_text("descripcion;valor\ntenis;120\nchunches;5\n", encoding="utf-8")
    return path


def test_a_program_gets_every_line_with_its_hits(index, file):
    code, printed = classify(file, "--json")
    told = json.loads(printed)
    assert (code, told["classified"], told["not_found"]) == (0, 2, 1)
    assert [line["text"] for line in told["lines"]] == ["tenis", "chunches"]
    assert told["lines"][0]["hits"][0]["code"] == SHOES
    assert Manifest.objects.get().name == "guia.csv"


def test_a_person_gets_the_first_hit_of_each_line(index, file):
    code, printed = classify(file)
    assert code == 0
    assert f"{SHOES}  tenis  (Tenis)" in printed
    assert "2 líneas buscadas, 1 sin resultado." in printed


@pytest.mark.parametrize("text", ["", "descripcion;valor\ntenis;mucho\n"])
def test_a_file_that_is_no_manifest_is_refused_in_a_sentence(db, file, text):
    file.write_text(text)
    with pytest.raises(CommandError, match=r"línea|Línea"):
        call_command("classify_manifest", str(file))
    assert not Manifest.objects.exists()


def test_a_file_that_is_not_there_is_said_so(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("classify_manifest", str(tmp_path / "none.csv"))
