"""The lines of a manifest under review: what is marked, confirmed, withdrawn."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.models import Classification

from .conftest import CAPS, HTML, SHOES
from .test_manifests import address

BOOTS = "6403.91.00.00"
pytestmark = pytest.mark.django_db


def pick(client, manifest, *codes, **fields):
    """Mark a hit of each line, "" for none."""
    marked = {
        f"pick-{line.pk}": code
        for line, code in zip(manifest.lines.in_order(), codes, strict=False)
    }
    return client.post(address(manifest, "confirm/"), {**marked, **fields}, headers=HTML)


def marked(told):
    """The value of the marked radio of each line."""
    return re.findall(r'type="radio"[^>]* value="([^"]*)" checked', told)


def test_an_exact_first_hit_is_marked_and_a_near_miss_is_not(boss, searched):
    told = boss.get(address(searched)).content.decode()
    assert marked(told) == [SHOES, ""]
    assert "Coincidencias cercanas" in told


@pytest.mark.parametrize("category", ["RESTRICTED", "PROHIBITED"])
def test_what_may_not_be_carried_freely_is_marked_and_accepted_by_nobody_but_a_person(
    boss, searched, category
):
    """Even where it was free when the manifest was searched."""
    PartidaArancelaria.objects.filter(item_no=SHOES).update(courier_category=category)
    told = boss.get(address(searched)).content.decode()
    assert marked(told) == ["", ""]
    assert "accept/" not in told
    boss.post(address(searched, "accept/"))
    assert not Classification.objects.exists()
    pick(boss, searched, SHOES)
    assert Classification.objects.get().code == SHOES


def test_what_is_marked_is_confirmed(boss, searched):
    assert pick(boss, searched, CAPS, "").url == address(searched)
    first, second = searched.lines.in_order()
    assert (first.code, first.state, second.state) == (CAPS, "confirmed", "found")
    kept = Classification.objects.get()
    assert (kept.query, kept.rank, kept.user.username) == ("tenis", 2, "jefa")
    assert LogEntry.objects.get().change_message == "1 línea confirmada."
    assert "1 de 2 confirmadas" in boss.get(address(searched)).content.decode()


def test_the_same_once_more_changes_nothing(boss, searched):
    pick(boss, searched, CAPS)
    at = Classification.objects.get().confirmed_at
    pick(boss, searched, CAPS)
    assert Classification.objects.get().confirmed_at == at
    assert LogEntry.objects.count() == 1


def test_a_confirmed_line_is_withdrawn_by_marking_none(boss, searched):
    pick(boss, searched, CAPS)
    line = searched.lines.in_order()[0]
    page = pick(boss, searched, "", **{f"confirmed-{line.pk}": CAPS})
    assert "1 confirmación retirada." in boss.get(page.url).content.decode()
    line.refresh_from_db()
    assert (line.state, line.code) == ("found", "")
    assert not Classification.objects.exists()
    assert LogEntry.objects.latest("pk").change_message == f"1 confirmación retirada. 1 ({CAPS})"


@pytest.mark.parametrize("seen", ["", CAPS])
def test_a_page_from_before_withdraws_nothing(boss, searched, seen):
    pick(boss, searched, SHOES)
    line = searched.lines.in_order()[0]
    pick(boss, searched, "", **{f"confirmed-{line.pk}": seen})
    assert searched.lines.in_order()[0].code == SHOES


def test_a_code_by_hand_is_a_choice_among_the_others_once_confirmed(boss, searched):
    PartidaArancelaria.objects.create(item_no=BOOTS, descripcion="Botas", is_leaf=True)
    line = searched.lines.in_order()[1]
    pick(boss, searched, "", "", **{f"other-{line.pk}": BOOTS})
    told = boss.get(address(searched)).content.decode()
    assert marked(told) == [SHOES, BOOTS]
    assert f'name="confirmed-{line.pk}" value="{BOOTS}"' in told
    pick(boss, searched, "", CAPS)
    assert searched.lines.in_order()[1].code == CAPS


def test_a_confirmed_code_that_went_from_the_tariff_stays_until_it_is_cleared(boss, searched):
    pick(boss, searched, SHOES)
    PartidaArancelaria.objects.filter(item_no=SHOES).delete()
    line = searched.lines.in_order()[0]
    seen = {f"confirmed-{line.pk}": SHOES}
    assert f'name="other-{line.pk}" value="{SHOES}"' in boss.get(address(searched)).content.decode()
    pick(boss, searched, "", **seen, **{f"other-{line.pk}": SHOES})
    assert searched.lines.in_order()[0].code == SHOES
    pick(boss, searched, "", **seen)
    assert searched.lines.in_order()[0].code == ""


def test_a_code_by_hand_goes_before_the_mark(boss, searched):
    line = searched.lines.in_order()[1]
    pick(boss, searched, "", SHOES, **{f"other-{line.pk}": CAPS.replace(".", "")})
    assert searched.lines.in_order()[1].code == CAPS


def test_a_code_that_is_none_is_said_at_its_line_and_the_others_are_kept(boss, searched):
    line = searched.lines.in_order()[1]
    answer = pick(boss, searched, SHOES, "", **{f"other-{line.pk}": "9999.99.99.99"})
    assert answer.status_code == 400
    told = answer.content.decode()
    assert "No existe la partida 9999.99.99.99" in told
    assert 'value="9999.99.99.99"' in told
    assert searched.lines.in_order()[0].code == SHOES


def test_a_mark_that_was_no_hit_is_no_choice(boss, searched):
    PartidaArancelaria.objects.create(item_no="0101.21.00.00", descripcion="x", is_leaf=True)
    pick(boss, searched, "0101.21.00.00")
    assert not Classification.objects.exists()


def test_the_first_hits_of_exact_lines_are_accepted_at_once(boss, searched):
    assert "1 línea exacta" in boss.get(address(searched)).content.decode()
    boss.post(address(searched, "accept/"))
    first, second = searched.lines.in_order()
    assert (first.code, second.state) == (SHOES, "found")
