"""The dead letters of every kind on one page: read, replayed, discarded, exported."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Dismissal, Source, TaskHistory
from admintools.notify.announcing import announce_test
from admintools.notify.models import Delivery, State, Subscription
from micasillero.events.intake import accept
from micasillero.events.models import Event, RawBatch, RejectedEvent
from tests.support.events import event

from .conftest import HTML, JSON

PAGE = "admin:console_dead_letters"
MAY = ("handle_dead_letters", "view_console", "retry_run", "launch_evaluate_search")


@pytest.fixture
def dead_run(make_run):
    def make(**fields):
        ended = timezone.now() - timedelta(hours=1)
        told = {"job": "evaluate_search", "status": "FAILURE", "finished_at": ended}
        return make_run(**{**told, "error_code": "no_luck", **fields})

    return make


@pytest.fixture
def dead_batch(db):
    row = accept("web", [event()]).batch
    row.give_up("lost", "Every worker died.", "Traceback x")
    return row


@pytest.fixture
def dead_event(db):
    return RejectedEvent.objects.create(
        client="web", event={"event_id": "e1", "type": "search"}, error_code="KeyError",
        error_message="'occurred_at'", traceback="Traceback y",
    )  # fmt: skip


@pytest.fixture
def dead_delivery(person):
    address = {"channel": "webhook", "address": "https://hooks.example.hn/x"}
    hook = Subscription.objects.create(user=person(name="ana-2"), **address)
    announce_test(hook, "ana")
    row = Delivery.objects.claim(Delivery.objects.get().pk)
    row.give_up("refused", "The receiver refuses it (%(status)s).", {"status": 404}, answer=404)
    return row


@pytest.fixture
def handler(person, client_of):
    return client_of(person(*MAY))


def act(client, what, *keys, **headers):
    address = reverse(f"admin:console_dead_letters_{what}")
    return client.post(address, {"letter": keys}, headers=headers or JSON)


def told(client, **asked):
    return client.get(reverse(PAGE), asked, headers=JSON).json()


def test_all_kinds_stand_on_one_page(handler, dead_run, dead_batch, dead_event, dead_delivery):
    run = dead_run()
    page = handler.get(reverse(PAGE), headers=HTML)
    assert page.status_code == 200
    text = page.content.decode()
    for key in (f"run:{run.pk}", f"batch:{dead_batch.pk}", f"event:{dead_event.pk}",
                f"delivery:{dead_delivery.pk}"):  # fmt: skip
        assert key in text
    assert "Traceback x" in text
    assert "Traceback y" in text


def test_the_newest_comes_first(handler, dead_run, dead_event):
    run = dead_run()
    keys = [letter["key"] for letter in told(handler)["letters"]]
    assert keys == [f"event:{dead_event.pk}", f"run:{run.pk}"]


def test_a_kind_can_be_chosen(handler, dead_run, dead_event):
    run = dead_run()
    answer = told(handler, kind="run")
    assert [letter["key"] for letter in answer["letters"]] == [f"run:{run.pk}"]
    assert answer["counts"] == {"run": 1, "batch": 0, "event": 1, "delivery": 0}


def test_pages_hold_each_once(handler, dead_run, monkeypatch):
    monkeypatch.setattr("admintools.console.dead_letters.letters.PER_PAGE", 2)
    start = timezone.now() - timedelta(days=1)
    # Two of one instant, which a page must not cut apart.
    times = [0, 1, 2, 2, 3]
    runs = [dead_run(finished_at=start + timedelta(minutes=m)) for m in times]
    seen, before = [], ""
    while before is not None:
        answer = told(handler, before=before)
        seen += [letter["key"] for letter in answer["letters"]]
        before = answer["next"]
    assert sorted(seen) == sorted(f"run:{run.pk}" for run in runs)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "nonsense",
    ["yesterday", "2026-11-26T09:00:00", "9999-99-99T00:00:00Z~0~1", "2026-11-26T09:00:00Z~x~1"],
)
def test_a_damaged_link_shows_the_newest(handler, dead_event, nonsense):
    assert len(told(handler, before=nonsense)["letters"]) == 1


def test_without_any_it_says_so(handler, db):
    text = handler.get(reverse(PAGE), headers={"accept-language": "en", **HTML}).content.decode()
    assert "There is no dead letter." in text


def test_a_replayed_run_is_a_new_run(handler, dead_run):
    run = dead_run()
    assert act(handler, "replay", f"run:{run.pk}").json()["done"] == 1
    assert TaskHistory.objects.get(retry_of=run).job == "evaluate_search"
    assert told(handler)["letters"] == []


def test_a_second_replay_launches_nothing(handler, dead_run):
    run = dead_run()
    act(handler, "replay", f"run:{run.pk}")
    assert act(handler, "replay", f"run:{run.pk}").json()["before"] == 1
    assert TaskHistory.objects.filter(retry_of=run).count() == 1


def test_a_replayed_delivery_waits_to_be_sent_and_a_second_replay_adds_nothing(
    handler, dead_delivery
):
    key = f"delivery:{dead_delivery.pk}"
    assert act(handler, "replay", key).json()["done"] == 1
    assert act(handler, "replay", key).json()["before"] == 1
    assert Delivery.objects.get().state == State.WAITING


def test_who_may_not_see_a_delivery_gets_no_link_to_it(handler, dead_delivery):
    (letter,) = told(handler)["letters"]
    assert (letter["code"], letter["url"]) == ("refused", "")


def test_a_run_whose_resource_is_busy_stays(handler, dead_run):
    run = dead_run()
    launch("evaluate_search", initiator=Initiator(Source.COMMAND))
    assert act(handler, "replay", f"run:{run.pk}").json()["failed"] == 1
    assert not TaskHistory.objects.filter(retry_of=run).exists()


def test_a_run_whose_parameters_are_refused_today_stays(handler, dead_run):
    run = dead_run(parameters={"engine": "nonsense"})
    assert act(handler, "replay", f"run:{run.pk}").json()["failed"] == 1


def test_a_run_that_asks_to_be_confirmed_leads_to_its_form(person, client_of, dead_run):
    client = client_of(person(*MAY, "launch_cleanup"))
    run = dead_run(job="cleanup")
    assert act(client, "replay", f"run:{run.pk}").json()["forbidden"] == 1
    (letter,) = told(client)["letters"]
    assert letter["form"].endswith(f"?retry_of={run.task_id}")


def test_a_run_is_replayed_by_who_may_launch_its_job(person, client_of, dead_run):
    client = client_of(person("handle_dead_letters", "view_console", "retry_run"))
    run = dead_run()
    assert act(client, "replay", f"run:{run.pk}").json()["forbidden"] == 1
    assert not TaskHistory.objects.filter(retry_of=run).exists()


def test_a_discarded_run_is_no_dead_letter_and_stays_as_it_was(handler, dead_run):
    run = dead_run()
    before = TaskHistory.objects.values().get(pk=run.pk)
    assert act(handler, "discard", f"run:{run.pk}").json()["done"] == 1
    assert act(handler, "discard", f"run:{run.pk}").json()["before"] == 1
    assert told(handler)["letters"] == []
    assert TaskHistory.objects.values().get(pk=run.pk) == before
    assert Dismissal.objects.get().by == "ana"


def test_a_replayed_batch_waits_again(handler, dead_batch):
    assert act(handler, "replay", f"batch:{dead_batch.pk}").json()["done"] == 1
    assert act(handler, "replay", f"batch:{dead_batch.pk}").json()["before"] == 1
    assert RawBatch.objects.get().state == "waiting"


def test_a_discarded_batch_is_not_replayed(handler, dead_batch):
    act(handler, "discard", f"batch:{dead_batch.pk}")
    assert act(handler, "replay", f"batch:{dead_batch.pk}").json()["before"] == 1
    assert RawBatch.objects.get().state == "discarded"


def test_an_event_that_still_cannot_be_stored_stays(handler, dead_event):
    assert act(handler, "replay", f"event:{dead_event.pk}").json()["failed"] == 1
    assert RejectedEvent.objects.get().state == "dead"


def test_an_event_that_can_be_stored_now_is(handler, dead_event):
    dead_event.event["occurred_at"] = timezone.now().isoformat()
    dead_event.save()
    key = f"event:{dead_event.pk}"
    assert act(handler, "replay", key).json()["done"] == 1
    assert act(handler, "replay", key).json()["before"] == 1
    assert Event.objects.count() == 1


def test_many_are_replayed_at_once_and_each_is_told(handler, dead_run, dead_batch, dead_event):
    keys = (f"run:{dead_run().pk}", f"batch:{dead_batch.pk}", f"event:{dead_event.pk}")
    answer = act(handler, "replay", *keys).json()
    assert (answer["done"], answer["failed"]) == (2, 1)


def test_the_same_ticked_twice_counts_once(handler, dead_batch):
    key = f"batch:{dead_batch.pk}"
    assert act(handler, "replay", key, key).json() == {
        "status": "success", "done": 1, "before": 0, "failed": 0, "forbidden": 0,
    }  # fmt: skip


@pytest.mark.parametrize("key", ["run", "run:", "run:x", "parcel:1", "run:1e9", "run:" + "9" * 30])
def test_what_is_no_key_is_refused(handler, db, key):
    response = act(handler, "replay", key)
    assert (response.status_code, response.json()["status"]) == (400, "invalid")


def test_one_that_is_gone_was_dealt_with_before(handler, db):
    assert act(handler, "replay", "run:4711").json()["before"] == 1


def test_nothing_ticked_is_told(handler, db):
    assert act(handler, "replay").status_code == 400


def test_too_many_at_once_are_refused(handler, db):
    assert act(handler, "replay", *(f"run:{n}" for n in range(501))).status_code == 400


@pytest.mark.parametrize("body", ['{"letter": 7}', '{"letter": [7]}', "{"])
def test_a_damaged_body_is_refused(handler, db, body):
    address = reverse("admin:console_dead_letters_replay")
    response = handler.post(address, body, content_type="application/json", headers=JSON)
    assert response.status_code == 400


def test_a_person_is_led_back_and_told(handler, dead_batch):
    headers = {"accept-language": "en", **HTML}
    response = act(handler, "replay", f"batch:{dead_batch.pk}", **headers)
    assert response.url == reverse(PAGE)
    text = handler.get(response.url, headers=headers).content.decode()
    assert "1 replayed." in text


def test_the_export_holds_every_one(handler, dead_run, dead_event):
    run = dead_run(error_message="=SUM(1)")
    response = handler.post(reverse("admin:console_dead_letters_export"))
    text = response.content.decode()
    assert f'"run:{run.pk}"' in text
    assert f'"event:{dead_event.pk}"' in text
    assert '"\'=SUM(1)"' in text
    # In whatever order the database keeps the fields.
    assert '""event_id"": ""e1""' in text


def test_home_counts_them_for_who_may_handle_them(handler, dead_run):
    dead_run()
    home = handler.get(reverse("admin:console_home"), headers=HTML).content.decode()
    assert reverse(PAGE) + '">' in home
