"""The judged queries in the admin."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from micasillero.catalog.models import PartidaArancelaria
from micasillero.quality.models import AskedQuery, QueryJudgment

pytestmark = pytest.mark.django_db
LIST = "admin:micasillero_quality_queryjudgment_changelist"
ADD = "admin:micasillero_quality_queryjudgment_add"
CHANGE = "admin:micasillero_quality_queryjudgment_change"
FIELDS = {"query": "tenis", "type": "es", "area": "", "relevant": "640411", "best": "",
          "active": "on"}  # fmt: skip


@pytest.fixture
def boss(client):
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


@pytest.fixture(autouse=True)
def line():
    PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="x", is_leaf=True)


@pytest.fixture
def shipped():
    return QueryJudgment.objects.get(name="shipped-001")


def test_a_query_is_added_by_hand(boss):
    assert boss.post(reverse(ADD), FIELDS).status_code == 302
    row = QueryJudgment.objects.get(name__startswith="own-")
    assert (row.relevant, row.best, row.edited_by.username) == (["6404.11"], [], "boss")


def test_a_code_that_the_tariff_does_not_have_is_refused_and_kept_in_the_form(boss):
    page = boss.post(reverse(ADD), {**FIELDS, "relevant": "9503"}).content.decode()
    assert "no tiene ninguna línea" in page
    assert ">\n9503</textarea>" in page
    assert not QueryJudgment.objects.filter(name__startswith="own-").exists()


def test_an_edited_one_is_the_persons_from_then_on(boss, shipped):
    boss.post(reverse(CHANGE, args=[shipped.pk]), {**FIELDS, "query": "zapatillas"})
    shipped.refresh_from_db()
    assert (shipped.query, shipped.edited_by.username) == ("zapatillas", "boss")
    assert shipped not in QueryJudgment.objects.unedited()


def test_one_is_not_deleted_but_switched_off(boss, shipped):
    address = reverse("admin:micasillero_quality_queryjudgment_delete", args=[shipped.pk])
    assert boss.post(address, {"post": "yes"}).status_code == 403
    chosen = {"action": "switch_off", "_selected_action": [shipped.pk]}
    assert (
        "Ya no se preguntan: 1." in boss.post(reverse(LIST), chosen, follow=True).content.decode()
    )
    assert shipped not in QueryJudgment.objects.asked()
    boss.post(reverse(LIST), {**chosen, "action": "switch_on"})
    assert shipped in QueryJudgment.objects.asked()


def test_a_query_put_aside_is_brought_back(boss):
    now = timezone.now()
    asked = AskedQuery.objects.create(
        folded="x", text="x", without=1, state="dismissed", first_at=now, last_at=now
    )
    address = reverse("admin:micasillero_quality_askedquery_change", args=[asked.pk])
    assert boss.post(address, {"state": ""}).status_code == 302
    assert asked in AskedQuery.objects.unanswered()
