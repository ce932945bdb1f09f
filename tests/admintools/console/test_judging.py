"""A query that found nothing becomes a judged one, or is put aside."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import AskedQuery, QueryJudgment
from micasillero.search.engines import _engine
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork

from .conftest import HTML, JSON
from .quality_rows import asked

QUALITY = "/admin/elasticsearch/quality/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    """No index yet, in a directory of its own; called, it is built of one line."""
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_ALIAS = f"partidas-{uuid.uuid4().hex[:8]}"
    settings.VAR_DIR = tmp_path
    _engine.cache_clear()
    PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Tenis de lona", is_leaf=True
    )
    yield lambda: rebuild_index(work=SilentWork(), token="a")
    _engine.cache_clear()


@pytest.fixture
def query():
    return asked()


def judge(client, query, headers=HTML, **fields):
    fields = {"type": "es", "relevant": "6404.11", "best": "", **fields}
    return client.post(f"{QUALITY}asked/{query.pk}/", fields, headers=headers)


def own():
    return QueryJudgment.objects.filter(name__startswith="own-")


def test_a_judged_query_is_asked_from_then_on_and_leaves_the_list(boss, query):
    assert judge(boss, query).url == QUALITY
    row = own().get()
    assert (row.query, row.relevant, row.edited_by.username) == ("zorbatrón", ["6404.11"], "jefa")
    assert row in QueryJudgment.objects.asked()
    assert not AskedQuery.objects.unanswered().exists()
    assert LogEntry.objects.get().object_id == str(row.pk)


def test_a_program_may_send_lists(boss, query):
    body = {"type": "es", "relevant": ["6404"], "best": ["6404.11"]}
    answer = boss.post(f"{QUALITY}asked/{query.pk}/", body, "application/json", headers=JSON)
    assert answer.json() == {"status": "judged"}
    assert own().get().best == ["6404.11"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"relevant": ""}, "relevant"),
        ({"relevant": "9503"}, "relevant"),
        ({"relevant": "zapatos"}, "relevant"),
        ({"best": "6404.19"}, "best"),
        ({"type": "klingon"}, "type"),
    ],
)
def test_a_judgment_that_cannot_be_is_explained_and_loses_nothing(boss, query, fields, wrong):
    answer = judge(boss, query, JSON, **fields)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [wrong])
    page = judge(boss, query, **fields)
    assert page.status_code == 400
    assert "zorbatrón" in page.content.decode()
    assert query in AskedQuery.objects.unanswered()
    assert not own().exists()


def test_a_query_is_put_aside(boss, query):
    answer = boss.post(f"{QUALITY}asked/{query.pk}/dismiss/", headers=HTML)
    assert answer.url == QUALITY
    assert not AskedQuery.objects.unanswered().exists()
    assert LogEntry.objects.get().object_id == str(query.pk)


def test_what_another_person_settled_is_left_as_it_is(boss, query):
    query.settle(AskedQuery.State.DISMISSED)
    assert judge(boss, query, JSON).status_code == 400
    assert boss.post(f"{QUALITY}asked/{query.pk}/dismiss/", headers=JSON).status_code == 400
    assert judge(boss, query).url == QUALITY
    assert not own().exists()


def test_other_words_help_to_find_its_lines(boss, query, index):
    index()
    page = boss.get(f"{QUALITY}asked/{query.pk}/?look=tenis", headers=HTML).content.decode()
    assert "6404.11.00.00</span> Tenis de lona" in page
    page = boss.get(f"{QUALITY}asked/{query.pk}/", headers=HTML).content.decode()
    assert "no encuentra nada" in page


def test_without_an_index_the_form_is_there_all_the_same(boss, query):
    page = boss.get(f"{QUALITY}asked/{query.pk}/", headers=HTML).content.decode()
    assert "Aún no hay índice" in page
    assert 'name="relevant"' in page


@pytest.mark.parametrize("number", ["0", "9" * 40])
def test_a_query_that_nobody_asked_is_404(boss, number):
    assert boss.get(f"{QUALITY}asked/{number}/", headers=JSON).status_code == 404
    assert boss.post(f"{QUALITY}asked/{number}/dismiss/", headers=JSON).status_code == 404
