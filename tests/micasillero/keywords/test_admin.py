"""Deciding on keywords by hand, in the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import Keyword, Source, Status
from micasillero.keywords.store import Word, replace

pytestmark = pytest.mark.django_db
LIST = "admin:micasillero_keywords_keyword_changelist"


@pytest.fixture
def boss(client):
    user = get_user_model().objects.create_superuser("boss")
    client.force_login(user)
    return client


@pytest.fixture
def line():
    return PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="x")


@pytest.fixture
def keyword(line):
    return Keyword.objects.create(
        partida=line, text="tenis", language="es", source=Source.LEXICON, status=Status.APPROVED
    )


def act(boss, action, *keywords):
    chosen = {"action": action, "_selected_action": [k.pk for k in keywords]}
    return boss.post(reverse(LIST), chosen, follow=True)


def test_a_rejected_word_is_no_longer_searched_and_no_run_brings_it_back(boss, keyword):
    DirtyPartida.objects.all().delete()
    assert "1 palabra decidida" in act(boss, "reject", keyword).content.decode()
    keyword.refresh_from_db()
    assert (keyword.status, keyword.decided_by.username) == (Status.REJECTED, "boss")
    assert DirtyPartida.objects.filter(partida_id=keyword.partida_id).exists()
    again = Word(keyword.partida_id, "es", "tenis", {})
    replace(Keyword(source=Source.LEXICON), [keyword.partida_id], [again])
    assert not Keyword.objects.approved().exists()


def test_each_decision_is_in_the_log_of_actions(boss, keyword):
    act(boss, "approve", keyword)
    assert LogEntry.objects.get().change_message == "Aprobada"


def test_a_word_added_by_hand_is_approved_and_marked_for_the_index(boss, line):
    DirtyPartida.objects.all().delete()
    fields = {"partida": line.pk, "text": "burros de correr", "language": "es"}
    boss.post(reverse("admin:micasillero_keywords_keyword_add"), fields)
    added = Keyword.objects.get()
    assert (added.source, added.status) == (Source.MANUAL, Status.APPROVED)
    assert DirtyPartida.objects.filter(partida_id=line.pk).exists()


@pytest.mark.parametrize(("text", "told"), [("Ténis", "ya se encuentra"), ("…", "letras")])
def test_the_form_refuses_what_the_line_has_and_what_is_no_word(boss, keyword, text, told):
    fields = {"partida": keyword.partida_id, "text": text, "language": "en"}
    answer = boss.post(reverse("admin:micasillero_keywords_keyword_add"), fields)
    assert answer.status_code == 200
    assert told in " ".join(answer.context["adminform"].form.errors["text"])
    assert Keyword.objects.count() == 1


def test_the_form_keeps_a_word_as_other_words_are(boss, line):
    fields = {"partida": line.pk, "text": " Burros DE correr", "language": "es"}
    boss.post(reverse("admin:micasillero_keywords_keyword_add"), fields)
    assert Keyword.objects.get().text == "burros de correr"


def test_a_keyword_is_not_deleted_but_rejected(boss, keyword):
    address = reverse("admin:micasillero_keywords_keyword_delete", args=[keyword.pk])
    assert boss.post(address, {"post": "yes"}).status_code == 403
    assert Keyword.objects.exists()


def test_a_decision_of_somebody_else_is_replaced_knowingly_and_can_be_undone(boss, keyword):
    other = get_user_model().objects.create_user("eva")
    decide([keyword.pk], Status.REJECTED, other, again=True)
    act(boss, "approve", keyword)
    keyword.refresh_from_db()
    assert (keyword.status, keyword.decided_by.username) == (Status.APPROVED, "boss")
    assert (keyword.previous_status, keyword.previous_decided_by) == (Status.REJECTED, other)


def test_what_somebody_decided_so_already_stays_theirs_and_it_is_said(boss, keyword):
    other = get_user_model().objects.create_user("eva")
    decide([keyword.pk], Status.REJECTED, other, again=True)
    assert "por eva" in act(boss, "reject", keyword).content.decode()
    keyword.refresh_from_db()
    assert keyword.decided_by == other


def test_the_form_of_one_keyword_decides_as_the_actions_do(boss, keyword):
    address = reverse("admin:micasillero_keywords_keyword_change", args=[keyword.pk])
    boss.post(address, {"status": Status.REJECTED})
    keyword.refresh_from_db()
    assert (keyword.status, keyword.previous_status) == (Status.REJECTED, Status.APPROVED)
