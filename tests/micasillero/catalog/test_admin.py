"""The tariff in the admin."""

import pytest
from django.urls import reverse

from micasillero.catalog.models import ImportBatch, PartidaArancelaria

from .tariffs import line, pending

pytestmark = pytest.mark.usefixtures("kettles")
LIST = "admin:MiCasillero_partidaarancelaria_changelist"
CHANGE = "admin:MiCasillero_partidaarancelaria_change"
CODE = "7010.90.00.00"


def form(code=CODE, **changes):
    leaf = line(code)
    fields = {
        "item_no": leaf.item_no,
        "descripcion": leaf.descripcion,
        "descripcion_en": leaf.descripcion_en,
        "parent": leaf.parent_id or "",
        "impuesto_dai": "0.0",
        "impuesto_isc": "0.0",
        "impuesto_ispc": "0.0",
        "impuesto_isv": "0.15",
        "courier_category": leaf.courier_category,
        "category_reason": leaf.category_reason,
        "permit_authority": leaf.permit_authority,
    }
    if leaf.category_by_hand:
        fields["category_by_hand"] = "on"
    return {**fields, **changes}


def post(admin_client, **changes):
    address = reverse(CHANGE, args=[line(CODE).pk])
    return admin_client.post(address, form(**changes), headers={"accept-language": "en"})


def test_lines_are_found_by_code_and_by_text(admin_client):
    for query in ("7010.9", "Partes"):
        page = admin_client.get(reverse(LIST), {"q": query})
        assert [found.item_no for found in page.context["cl"].result_list] == [CODE]


def test_a_category_that_a_person_changes_is_by_hand(admin_client):
    assert (
        post(
            admin_client,
            courier_category="RESTRICTED",
            category_reason="Por orden",
            permit_authority="ARSA",
        ).status_code
        == 302
    )
    leaf = line(CODE)
    assert (leaf.courier_category, leaf.category_by_hand) == ("RESTRICTED", True)
    assert (leaf.category_reason, leaf.permit_authority) == ("Por orden", "ARSA")


def test_another_change_leaves_the_category_to_the_rules(admin_client):
    assert post(admin_client, descripcion="Piezas").status_code == 302
    assert line(CODE).category_by_hand is False


def test_a_restriction_by_hand_needs_a_reason(admin_client):
    page = post(admin_client, courier_category="PROHIBITED")
    assert "category_reason" in page.context["adminform"].form.errors
    assert line(CODE).courier_category == "ALLOWED"


def test_unticking_goes_back_to_the_rules(admin_client):
    post(admin_client, courier_category="RESTRICTED", category_reason="Por orden")
    fields = form()
    del fields["category_by_hand"]
    admin_client.post(reverse(CHANGE, args=[line(CODE).pk]), fields)
    leaf = line(CODE)
    assert (leaf.category_by_hand, leaf.courier_category, leaf.category_reason) == (
        False,
        "ALLOWED",
        "",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("item_no", "7010.9x"), ("impuesto_dai", "15"), ("impuesto_isv", "-0.1")],
)
def test_what_the_import_would_refuse_the_form_refuses(admin_client, field, value):
    page = post(admin_client, **{field: value})
    assert field in page.context["adminform"].form.errors


def test_a_parent_must_stand_above_the_line(admin_client):
    page = post(admin_client, parent=line("7010.1").pk)
    assert "parent" in page.context["adminform"].form.errors


def test_the_list_says_why_a_line_is_not_free(admin_client):
    PartidaArancelaria.objects.filter(item_no=CODE).update(
        courier_category="RESTRICTED", category_reason="Por orden"
    )
    PartidaArancelaria.objects.exclude(item_no=CODE).update(courier_category="PROHIBITED")
    page = admin_client.get(reverse(LIST), headers={"accept-language": "en"}).content.decode()
    assert "Por orden" in page
    assert "Marked as prohibited, without a reason on record." in page


def test_an_edit_reaches_the_dirty_set(admin_client):
    post(admin_client, descripcion="Piezas")
    assert pending() == {line(CODE).pk}


def test_deleting_selected_lines_reaches_the_dirty_set(admin_client):
    pk = line(CODE).pk
    admin_client.post(
        reverse(LIST),
        {"action": "delete_selected", "_selected_action": [pk], "post": "yes"},
    )
    assert not PartidaArancelaria.objects.filter(pk=pk).exists()
    assert pending() == {pk}


def test_the_line_shows_which_import_changed_it(admin_client, kettles):
    page = admin_client.get(reverse(CHANGE, args=[line(CODE).pk])).content.decode()
    assert f"#{kettles.batch} " in page
    assert "impuesto_isv: ∅ → 0.1500" in page


def test_a_line_shows_the_texts_it_stands_below(admin_client):
    page = admin_client.get(reverse(CHANGE, args=[line("7010.19.00.00").pk])).content.decode()
    assert "HERVIDORES DE PRUEBA › De viaje" in page


@pytest.mark.parametrize("model", ["importbatch", "importchange"])
def test_imports_are_read_only(admin_client, model):
    listing = admin_client.get(reverse(f"admin:MiCasillero_{model}_changelist"))
    adding = admin_client.get(reverse(f"admin:MiCasillero_{model}_add"))
    assert (listing.status_code, adding.status_code) == (200, 403)


def test_an_import_can_be_looked_at_but_not_posted(admin_client, kettles):
    address = reverse("admin:MiCasillero_importbatch_change", args=[kettles.batch])
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"note": "x"}).status_code == 403
    assert ImportBatch.objects.get(pk=kettles.batch).note == ""
