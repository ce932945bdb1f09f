"""Whatever is sent to an address of the site, it is answered, and never with a 500.

The addresses come from the URLconf and the names of the fields from the pages themselves, so that
what is added later is tried too. The examples are the same in every run; SOAK=1 tries many more.
"""

import functools
import json
import os

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from admintools.jobs import hints
from admintools.jobs.models import LogLine
from admintools.notify.announcing import announce_test
from admintools.notify.models import Subscription
from micasillero.catalog import staging
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.confirming import confirm_lines
from micasillero.classification.models import Classification
from micasillero.quality.models import QueryJudgment
from tests.micasillero.compliance import rows as compliance_rows

from . import quality_rows
from .addresses import Fields, all_addresses, console_addresses
from .conftest import CSV
from .generated import Generated, requests
from .in_process import Server

EXAMPLES = 600 if os.environ.get("SOAK") == "1" else 6
JSON_TYPE = "application/json"
GOOD = {"IntConverter": "@staged", "SlugConverter": "cleanup", "StringConverter": "@run"}
# An object that is there, for the pages about one; a line for those not named.
OBJECTS = {"auth_user": "@person", "auth_group": "@group", "periodictask": "@schedule",
           "importbatch": "@batch", "django_celery_beat": "1", "console_manifest": "@manifest",
           "classification": "@kept", "console_evaluation": "@evaluation",
           "console_asked": "@asked", "askedquery": "@asked",
           "queryjudgment": "@judgment", "console_notification": "@subscription",
           "console_delivery": "@delivery", "console_rule": "@rule"}  # fmt: skip
# Of the pages that other packages bring for their own models: fewer, since there are as many.
FOREIGN = ("admin:auth_", "admin:django_celery_beat_")
BROKEN_WELL = {"readyz": {503}, "api:search": {503}}  # what is missing is what they tell


@pytest.fixture
def made(person, make_run, client_of, manifest, monkeypatch, settings, tmp_path):
    """What the marks of generated.MADE stand for, and the sessions of those who ask."""
    settings.MEDIA_ROOT = tmp_path
    settings.ALLOWED_HOSTS = ["localhost"]
    # No broker here: what fails to reach it is not asked again and again.
    monkeypatch.setattr(hints._channel, "_until", float("inf"))
    monkeypatch.setattr(hints._backend, "_until", float("inf"))
    boss, staff = person(is_superuser=True, name="jefa"), person("view_console")
    run, ended = make_run(job="cleanup"), make_run(status="FAILURE", error_code="x")
    LogLine.objects.create(run=ended, at=ended.created_at, text="one line")
    group = Group.objects.create(name="watchers")
    every = IntervalSchedule.objects.create(every=1, period="days")
    schedule = PeriodicTask.objects.create(name="nightly", task="x", interval=every)
    applied, staged = (staging.stage([CSV.encode()], "a.csv") for _ in range(2))
    staging.apply_staged(applied.pk)
    partida = PartidaArancelaria.objects.leaves().latest("pk")
    hook = Subscription.objects.create(user=boss, channel="webhook", address="https://example.hn/")
    confirm_lines(boss, manifest, {manifest.lines.first(): partida})
    return {
        "@manifest": str(manifest.pk), "@kept": str(Classification.objects.get().pk),
        "@run": run.task_id, "@ended": ended.task_id, "@batch": str(applied.pk),
        "@staged": str(staged.pk), "@schedule": str(schedule.pk), "@user": boss.username,
        "@line": str(PartidaArancelaria.objects.latest("pk").pk),
        "@evaluation": str(quality_rows.kept(a=1, b=None).pk),
        "@asked": str(quality_rows.asked().pk),
        "@judgment": str(QueryJudgment.objects.latest("pk").pk),
        "@subscription": str(hook.pk), "@delivery": str(announce_test(hook, "ana").pk),
        "@rule": str(compliance_rows.rule().pk), "@alert": str(compliance_rows.alert().pk),
        "@person": str(staff.pk), "@group": str(group.pk),
        "boss": client_of(boss).cookies["sessionid"].value,
        "staff": client_of(staff).cookies["sessionid"].value,
    }  # fmt: skip


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture
def fields(made, kept):
    """{address's name: {field: [values]}}, as the pages have them; "" holds those of all."""
    # Reading every page takes a second, so it is done once.
    if not kept:
        client = Client(HTTP_HOST="localhost", raise_request_exception=False)
        client.cookies["sessionid"] = made["boss"]
        for path in paths(made):
            page = client.get(path)
            if not page.streaming:
                found = Fields(path, page.content.decode("utf-8", "replace")).found
                for name, values in found.items():
                    for field, some in values.items():
                        kept.setdefault(name, {}).setdefault(field, set()).update(some)
    marks = {value: mark for mark, value in made.items() if mark.startswith("@") and len(value) > 9}
    return {
        name: {field: sorted(marks.get(v, v) for v in some) for field, some in known.items()}
        for name, known in kept.items()
    }


def paths(made):
    """Each address filled in so that it answers, and a run that has ended besides."""
    for address in all_addresses():
        if "logout" not in address.name:
            filled = functools.partial(good, address)
            yield address.path(lambda part, filled=filled: made.get(filled(part), filled(part)))
    yield f"/admin/elasticsearch/runs/{made['@ended']}/"
    yield f"/admin/elasticsearch/import/{made['@batch']}/"


def good(address, part):
    """What makes the address one of something that is there."""
    there = (mark for name, mark in OBJECTS.items() if name in address.name)
    return next(there, GOOD.get(part[1], "@line"))


def test_the_fields_of_an_address_are_found_on_the_pages(fields):
    """Else the generated fields would be ones that nobody reads."""
    assert {"file", "note"} <= set(fields["admin:console_import"])
    assert "failed" in fields["admin:console_tasks"]["state"]
    assert "keep_log_days" in fields["admin:console_cleanup"]
    assert "crontab" in fields["admin:django_celery_beat_periodictask_add"]


def sane(address, status, headers, body):
    assert status < 500 or status in BROKEN_WELL.get(address.name, ()), (status, body[:500])
    if headers.get("Content-Type", "").startswith("application/json") and body:
        json.loads(body)
    for value in headers.values():
        assert "\r" not in value and "\n" not in value


def allowed(server, address):
    """The methods that an address names when it refuses one; ours all do."""
    filled = tuple(good(address, p) for p in address.parts if not isinstance(p, str))
    probe = Generated("BREW", filled, b"", "", b"", (), "boss", False)
    status, headers, _ = server.answer(address, probe)
    known = [method.strip() for method in headers.get("Allow", "").split(",") if method.strip()]
    return known if status == 405 and known else ["GET", "POST"]


def test_no_address_of_the_console_takes_a_post_without_the_token(made):
    server = Server(made)
    asked = []
    for address in console_addresses():
        if "POST" not in allowed(server, address):
            continue
        filled = tuple(GOOD[p[1]] for p in address.parts if not isinstance(p, str))
        for content_type, body in (("application/x-www-form-urlencoded", b""), (JSON_TYPE, b"{}")):
            made_up = Generated("POST", filled, b"", content_type, body, (), "boss", True)
            status, _, _ = server.answer(address, made_up)
            asked.append((address.name, status))
    assert len(asked) >= 20
    assert [pair for pair in asked if pair[1] != 403] == []


def test_no_address_at_all_takes_a_post_without_the_token(made):
    """Neither those of Django's admin nor of other packages; 405: it takes no POST anyway; 401: it
    asks for a token of another kind."""
    server = Server(made)
    taken = {}
    for address in all_addresses():
        filled = tuple(good(address, p) for p in address.parts if not isinstance(p, str))
        form = "application/x-www-form-urlencoded"
        posted = Generated("POST", filled, b"", form, b"", (), "boss", True)
        status, _, _ = server.answer(address, posted)
        if status not in (401, 403, 404, 405):
            taken[address.name] = status
    assert taken == {}


def test_a_charset_that_no_codec_can_have_is_a_bad_request(made):
    """Found by the test below: Django answered 500 before any view, to anybody."""
    server = Server(made)
    (alive,) = (address for address in all_addresses() if address.name == "healthz")
    odd = Generated("GET", (), b"", "text/plain; charset*=utf-8''%00", b"", (), "nobody", True)
    assert server.answer(alive, odd)[0] == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("parent", [b"abc", b"9" * 40, b"-1", b"%00"])
def test_a_line_above_that_cannot_be_is_none(made, method, parent):
    """Found by the test below: Django's field for it answered 500."""
    server = Server(made)
    name = "admin:MiCasillero_partidaarancelaria_add"
    (add,) = (address for address in all_addresses() if address.name == name)
    form = b"parent=" + parent
    query, body = (form, b"") if method == "GET" else (b"", form)
    kind = "application/x-www-form-urlencoded"
    asked = Generated(method, (), query, kind, body, (), "boss", False)
    assert server.answer(add, asked)[0] == 200


# Some to a test: what is there to ask about takes as long to make as one address to try.
SOME = [all_addresses()[n : n + 6] for n in range(0, len(all_addresses()), 6)]


@pytest.mark.parametrize("some", SOME, ids=lambda some: some[0].name)
def test_no_request_is_answered_with_500(some, made, fields):
    server = Server(made)
    for address in some:
        try:
            ask_at_random(server, address, fields.get(address.name, {}))
        except Exception as fault:
            fault.add_note(f"at {address.name}")
            raise


def ask_at_random(server, address, known):
    methods = allowed(server, address)

    @examples(
        max_examples=EXAMPLES // 3 if address.name.startswith(FOREIGN) else EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def tried(data):
        sane(address, *server.answer(address, data.draw(requests(address, methods, known))))

    tried()
