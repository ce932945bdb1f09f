"""What must not start by a slip: a typed word, a ticked box, for people and programs alike."""

import pytest

from admintools.jobs.models import TaskHistory

from .conftest import HTML, JSON

CLEANUP = "/admin/elasticsearch/cleanup/"
ROLLBACK = "/admin/elasticsearch/rollback/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("word", ["CONFIRM", "CONFIRMAR", " CONFIRMAR "])
def test_the_word_of_either_language_starts_a_cleanup(boss, word):
    answer = boss.post(CLEANUP, {"confirm": word}, "application/json", headers=JSON)
    assert answer.status_code == 202
    assert TaskHistory.objects.get().parameters == {}


@pytest.mark.parametrize("body", [{}, {"confirm": ""}, {"confirm": "confirmar"}, {"confirm": True}])
def test_without_the_word_a_program_is_told_the_field(boss, body):
    answer = boss.post(CLEANUP, body, "application/json", headers=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["confirm"]
    assert not TaskHistory.objects.exists()


def test_a_person_sees_what_to_type_and_keeps_what_was_typed(boss):
    answer = boss.post(CLEANUP, {"keep_runs_days": "17"}, headers=HTML)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'name="keep_runs_days" value="17"' in page
    assert 'id="id_confirm_error"' in page
    assert not TaskHistory.objects.exists()


def test_the_days_are_the_parameters_of_the_run(boss):
    fields = {"keep_runs_days": "17", "keep_log_days": "5", "confirm": "CONFIRMAR"}
    assert boss.post(CLEANUP, fields, headers=JSON).status_code == 202
    assert TaskHistory.objects.get().parameters == {"keep_runs_days": 17, "keep_log_days": 5}


@pytest.mark.parametrize("days", ["0", "-1", "ten", "1e3", "99999999999"])
def test_days_that_cannot_be_are_named(boss, days):
    fields = {"keep_log_days": days, "confirm": "CONFIRM"}
    answer = boss.post(CLEANUP, fields, headers=JSON)
    assert list(answer.json()["errors"]) == ["keep_log_days"]


@pytest.mark.parametrize("body", [{}, {"confirm": False}, {"confirm": None}, {"confirm": "false"}])
def test_a_rollback_must_be_confirmed(boss, body):
    answer = boss.post(ROLLBACK, body, "application/json", headers=JSON)
    assert list(answer.json()["errors"]) == ["confirm"]
    assert not TaskHistory.objects.exists()


@pytest.mark.parametrize("value", [True, "on", "true"])
def test_a_confirmed_rollback_starts(boss, value):
    answer = boss.post(ROLLBACK, {"confirm": value}, "application/json", headers=JSON)
    assert answer.status_code == 202
    assert TaskHistory.objects.get().parameters == {}


def test_a_rebuild_needs_no_field_at_all(boss):
    assert boss.post("/admin/elasticsearch/rebuild/", headers=JSON).status_code == 202
