"""What a person decides about keywords, takes back, and cannot decide because another was first."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.utils import timezone

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.keywords import decisions
from micasillero.keywords.decisions import decide, undo
from micasillero.keywords.models import Keyword, Status, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="x")


@pytest.fixture
def ana():
    return get_user_model().objects.create_user("ana")


@pytest.fixture
def eva():
    return get_user_model().objects.create_user("eva")


@pytest.fixture
def make(line):
    def keyword(text="tenis", **fields):
        told = {"language": "es", "source": "ai", "verdict": Verdict.DOUBTFUL, **fields}
        return Keyword.objects.create(partida=line, text=text, **told)

    return keyword


def state(keyword):
    row = Keyword.objects.get(pk=keyword.pk)
    return row.status, row.decided_by and row.decided_by.username, row.decided_at is not None


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED, Status.SNOOZED])
def test_a_decision_says_who_and_is_logged_and_reaches_the_index(make, ana, line, status):
    keyword = make()
    DirtyPartida.objects.all().delete()
    decision = decide([keyword.pk], status, ana)
    assert [k.pk for k in decision.done] == [keyword.pk]
    assert state(keyword) == (status, "ana", True)
    assert DirtyPartida.objects.get().partida_id == line.pk
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (ana, str(keyword.pk))
    assert entry.change_message == str(status.label)


def test_undo_brings_back_what_was_before_the_decision(make, ana, eva):
    keyword = make()
    decide([keyword.pk], Status.REJECTED, eva)
    decide([keyword.pk], Status.APPROVED, ana, again=True)
    undo([keyword.pk], ana)
    assert state(keyword) == (Status.REJECTED, "eva", True)
    assert LogEntry.objects.count() == 3


def test_an_undone_decision_leaves_no_trace_that_would_keep_a_run_away(make, ana):
    keyword = make()
    decide([keyword.pk], Status.APPROVED, ana)
    undo([keyword.pk], ana)
    assert state(keyword) == (Status.PENDING, None, False)


def test_of_two_people_the_second_is_told_who_was_first(make, ana, eva):
    keyword = make()
    decide([keyword.pk], Status.APPROVED, ana)
    decision = decide([keyword.pk], Status.REJECTED, eva)
    assert decision.done == []
    assert [str(k.decided_by) for k in decision.refused] == ["ana"]
    assert state(keyword) == (Status.APPROVED, "ana", True)
    assert LogEntry.objects.count() == 1


def test_nobody_undoes_what_another_decided(make, ana, eva):
    keyword = make()
    decide([keyword.pk], Status.APPROVED, ana)
    assert [k.pk for k in undo([keyword.pk], eva).refused] == [keyword.pk]
    assert state(keyword)[0] == Status.APPROVED


def test_a_decision_is_undone_once(make, ana):
    keyword = make()
    decide([keyword.pk], Status.APPROVED, ana)
    undo([keyword.pk], ana)
    assert undo([keyword.pk], ana).done == []


def test_many_are_decided_in_few_statements(make, ana, django_assert_max_num_queries):
    ids = [make(f"word {n}").pk for n in range(40)]
    with django_assert_max_num_queries(12):
        assert len(decide(ids, Status.APPROVED, ana).done) == 40
    assert LogEntry.objects.count() == 40


def test_more_than_one_portion_is_decided_whole(make, ana, monkeypatch):
    monkeypatch.setattr(decisions, "PART", 2)
    ids = [make(f"word {n}").pk for n in range(5)]
    assert [k.pk for k in decide(ids, Status.REJECTED, ana).done] == ids
    assert not Keyword.objects.filter(status=Status.PENDING).exists()


def test_what_is_gone_is_neither_done_nor_refused(make, ana):
    keyword = make()
    gone = make("gone")
    Keyword.objects.filter(pk=gone.pk).delete()
    decision = decide([gone.pk, keyword.pk], Status.APPROVED, ana)
    assert ([k.pk for k in decision.done], decision.refused) == ([keyword.pk], [])


def test_what_is_snoozed_comes_back_after_its_days(make, ana, settings):
    settings.REVIEW_SNOOZE_DAYS = 7
    keyword = make()
    decide([keyword.pk], Status.SNOOZED, ana)
    assert not Keyword.objects.to_review().exists()
    assert decide([keyword.pk], Status.APPROVED, ana).done == []
    ago = timezone.now() - timedelta(days=7, seconds=1)
    Keyword.objects.filter(pk=keyword.pk).update(decided_at=ago)
    assert Keyword.objects.to_review().get() == keyword
    assert decide([keyword.pk], Status.APPROVED, ana).done == [keyword]


def test_what_a_model_said_and_passed_the_filters_is_not_read_one_by_one(make):
    make("passed", verdict=Verdict.PASSED)
    doubtful, learned = make("doubtful"), make("learned", verdict=Verdict.PASSED, source="learned")
    assert set(Keyword.objects.to_review()) == {doubtful, learned}


def test_what_one_decided_at_one_stroke_is_found_together(make, ana, eva):
    first, second, third = (make(f"word {n}") for n in range(3))
    decide([first.pk], Status.APPROVED, ana)
    decide([second.pk, third.pk], Status.REJECTED, ana)
    assert set(Keyword.objects.last_decision_of(ana)) == {second, third}
    undo([second.pk, third.pk], ana)
    assert set(Keyword.objects.last_decision_of(ana)) == {first}
    assert not Keyword.objects.last_decision_of(eva).exists()
