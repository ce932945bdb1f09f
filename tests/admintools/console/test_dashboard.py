"""The dashboard of one day: what it shows, of which day, how old, and to whom which links."""

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from admintools.console.dashboard import counted
from micasillero.compliance.models import Severity
from micasillero.events.models import Event
from tests.micasillero.compliance.rows import alert
from tests.micasillero.events.rows import at, event, searched

from .conftest import HTML, JSON
from .quality_rows import asked

DASHBOARD = "/admin/elasticsearch/dashboard/"
COUNT = f"{DASHBOARD}count/"
PEOPLE = ("ana-hash", "beto-hash", "carla-hash")
pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def shown(client, status=200, **query):
    answer = client.get(DASHBOARD, query, headers=HTML)
    assert answer.status_code == status
    return answer.content.decode()


def fact(page, label):
    """The value over the label, tags left out."""
    (value,) = re.findall(rf"<dt>{label}</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", value).split())


def events(page):
    """All events of the day."""
    return int(re.findall(r'Eventos del día <span class="co-q">(\d+)<', page)[0])


def grow_old(day, by=timedelta(days=1)):
    """As if the kept figures had been counted that much earlier."""
    key = counted.key_of(day)
    when, figures = caches["default"].get(key)
    earlier = timezone.datetime.fromisoformat(when) - by
    caches["default"].set(key, [earlier.isoformat(), figures])


def test_the_events_of_today_are_counted(boss, today):
    searched("tenis", *PEOPLE, occurred_at=at(0, 5, today))
    searched("zorbatrón", "ana-hash", results=0, occurred_at=at(0, 5, today))
    event("selection", query="tenis", session="ana-hash", occurred_at=at(0, 6, today))
    page = shown(boss)
    assert events(page) == 5
    assert fact(page, "Búsquedas") == "4"
    assert fact(page, "Sin resultado").startswith("1 25.0")
    assert fact(page, "Búsquedas con elección").startswith("25")
    assert fact(page, "Partidas elegidas") == "1"


def test_the_hours_are_drawn_and_said_in_words(boss, today):
    searched("tenis", "ana-hash", "beto-hash", occurred_at=at(0, 5, today))
    event("selection", query="tenis", occurred_at=at(1, 5, today))
    page = shown(boss)
    assert "La más activa es la de 00:00–01:00: 2 eventos." in page
    assert "01:00–02:00: 0 búsquedas, 1 otros eventos" in page
    assert page.count('<rect class="search"') == 24


def test_a_day_without_events_says_so(boss):
    page = shown(boss)
    assert "No ha llegado ningún evento de este día." in page
    assert events(page) == 0


def test_queries_are_shown_and_what_few_asked_is_not(boss, today):
    searched("tenis", *PEOPLE, occurred_at=at(0, 5, today))
    searched("regalo para maria", "ana-hash", occurred_at=at(0, 5, today))
    page = shown(boss)
    assert "tenis" in page
    assert "maria" not in page


def test_a_query_that_found_nothing_leads_to_a_word_and_to_its_judgment(
    boss, person, client_of, today
):
    waits = asked("zorbatrón", folded="zorbatron")
    searched("zorbatrón", *PEOPLE, results=0, occurred_at=at(0, 5, today))
    searched("burros", *PEOPLE, results=0, occurred_at=at(0, 5, today))
    page = shown(boss)
    assert f"/admin/elasticsearch/quality/asked/{waits.pk}/" in page
    assert page.count("Juzgar…") == 1
    assert page.count("&amp;add=1") == 2
    page = shown(client_of(person("view_console")))
    assert "zorbatrón" in page
    assert "Juzgar…" not in page
    assert "&amp;add=1" not in page


def test_alerts_are_counted_by_severity(boss, today):
    alert(severity=Severity.CRITICAL)
    alert(severity=Severity.CRITICAL, state="closed")
    alert(severity=Severity.LOW, created_at=at(0, 0, today) - timedelta(minutes=1))
    page = shown(boss)
    # Whatever they are called: four severities, the worst first.
    told = re.findall(r'id="alerts-h".*?</section>', page, re.DOTALL)[0]
    assert re.findall(r'co-big">(\d+)<', told) == ["2", "0", "0", "0"]
    assert "1 abierta<" in told
    assert "pistola" not in page


def test_jobs_are_counted_by_state_and_lead_to_the_history(boss, make_run, today):
    now = timezone.now()
    make_run(status="SUCCESS", finished_at=now)
    make_run(status="FAILURE", finished_at=now)
    make_run(status="FAILURE", finished_at=now - timedelta(days=1))
    make_run(status="RETRY")
    make_run(status="PROGRESS")
    page = shown(boss)
    told = {name: fact(page, name) for name in ("En espera", "En curso", "Correcta", "Fallida")}
    assert told == {"En espera": "1", "En curso": "1", "Correcta": "1", "Fallida": "1"}
    assert f"tasks/?state=failed&amp;since={today}&amp;until={today}" in page


def test_a_day_that_is_over_has_no_runs_that_wait(boss, make_run, today):
    make_run(status="RETRY")
    page = shown(boss, day=today - timedelta(days=1))
    assert "<dt>En espera</dt>" not in page
    assert fact(page, "Fallida") == "0"


def test_another_day_can_be_chosen(boss, today):
    day = today - timedelta(days=3)
    searched("tenis", *PEOPLE, occurred_at=at(9, 0, day))
    page = shown(boss, day=day)
    assert events(page) == 3
    assert f'value="{day}"' in page
    assert f"?day={day + timedelta(days=1)}" in page
    assert events(shown(boss)) == 0


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("20.11.2026", "Escriba la fecha así: 2026-11-20."),
        ("1999-12-31", "entre los años 2000 y 2099"),
        ("2099-12-31", "Ese día todavía no llega."),
    ],
)
def test_a_day_that_is_none_gets_a_sentence(boss, day, sentence):
    page = shown(boss, status=400, day=day)
    assert sentence in page
    assert "<dt>" not in page
    answer = boss.post(COUNT, {"day": day}, headers=HTML)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    told = boss.post(COUNT, {"day": day}, headers=JSON)
    assert told.status_code == 400
    assert sentence in told.json()["errors"]["day"][0]


def test_what_is_no_json_gets_a_sentence(boss):
    told = boss.post(COUNT, "{", content_type="application/json", headers=JSON)
    assert told.status_code == 400


def test_the_figures_are_kept_and_their_age_is_shown(boss, today):
    shown(boss)
    event(occurred_at=at(0, 5, today))
    grow_old(today, timedelta(seconds=40))
    page = shown(boss)
    assert events(page) == 0
    assert re.search(r'data-seconds="4\d">hace 4\d', page)


def test_figures_that_are_too_old_are_counted_again(boss, today, settings):
    shown(boss)
    event(occurred_at=at(0, 5, today))
    grow_old(today, timedelta(seconds=settings.DASHBOARD_SECONDS))
    assert events(shown(boss)) == 1


def test_a_day_that_is_over_is_kept_for_longer(boss, today, settings):
    day = today - timedelta(days=5)
    shown(boss, day=day)
    event(occurred_at=at(9, 0, day))
    grow_old(day, timedelta(seconds=settings.DASHBOARD_SECONDS * 10))
    assert events(shown(boss, day=day)) == 0
    grow_old(day, timedelta(hours=1))
    assert events(shown(boss, day=day)) == 1


def test_what_was_counted_before_the_end_of_a_day_is_not_that_days(boss, today, monkeypatch):
    monkeypatch.setattr(counted, "PAST_FRESH_FOR", timedelta(days=30))
    day = today - timedelta(days=1)
    shown(boss, day=day)
    event(occurred_at=at(23, 59, day))
    grow_old(day, timedelta(days=1))
    assert events(shown(boss, day=day)) == 1


def test_the_button_counts_again(boss, today):
    shown(boss)
    event(occurred_at=at(0, 5, today))
    grow_old(today, timedelta(seconds=10))
    answer = boss.post(COUNT, {"day": today}, headers=HTML)
    assert answer.status_code == 302
    assert answer["Location"] == f"{DASHBOARD}?day={today}"
    assert events(shown(boss)) == 1


def test_pressed_again_at_once_it_gives_the_same_figures(boss, today):
    first = boss.post(COUNT, {"day": today}, headers=JSON).json()
    assert first["status"] == "counted"
    assert boss.post(COUNT, {"day": today}, headers=JSON).json() == first


def test_while_somebody_counts_for_the_first_time_it_says_so(boss, today, monkeypatch):
    monkeypatch.setattr("admintools.watch.kept.WAIT_SECONDS", 0)
    caches["default"].add(f"{counted.key_of(today)}:counting", 1, 60)
    assert "se están contando por primera vez" in shown(boss)
    told = boss.post(COUNT, {"day": today}, headers=JSON)
    assert told.status_code == 202
    assert told.json() == {"status": "counting"}


def test_what_is_kept_names_nobody(boss, today):
    for query in ("tenis", "ana.lopez@example.hn", "9988-7766"):
        searched(query, *PEOPLE, network="red-hash", occurred_at=at(0, 5, today))
    searched("regalo para maria", "ana-hash", occurred_at=at(0, 5, today))
    event("declaration", description="zapatos de maria", occurred_at=at(0, 6, today))
    shown(boss)
    key = counted.key_of(today)
    told = json.dumps(caches["default"].get(key), ensure_ascii=False)
    assert "tenis" in told
    for secret in ("lopez", "9988", "maria", "hash", "s1", *Event.objects.values_list("event_id")):
        assert str(secret) not in told


def test_who_may_not_see_the_console_sees_no_dashboard(person, client_of):
    client = client_of(person("cancel_run"))
    assert client.get(DASHBOARD, headers=HTML).status_code == 403
    assert client.post(COUNT, headers=JSON).status_code == 403
