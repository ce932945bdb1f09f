"""What people and other systems write is shown as text, wherever it appears."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.urls import resolve

from tests.support.hostile import (
    ATTRIBUTE,
    COMPUTED,
    ELEMENT,
    TEXTS,
    installation,
    superuser,
)
from tests.support.hostile_pages import pages

from .conftest import JSON
from .test_permissions import ADDRESSES

CONSOLE = "/admin/elasticsearch/"
TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField)
FORMULA = re.compile(r"[=+\-@\t\r\n]")


class Page(HTMLParser):
    """What a browser would make of a page: its elements, attributes and text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.attributes, self.text, self.values = set(), set(), "", ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.values += "\n".join(value or "" for _, value in attrs)

    def handle_data(self, data):
        self.text += data


def harmless(source):
    """The page, in which no element, attribute or computation came out of a text."""
    page = Page(source)
    assert ELEMENT not in page.tags
    assert ATTRIBUTE not in page.attributes
    assert COMPUTED not in source
    return page


@pytest.fixture(params=list(TEXTS))
def text(request):
    return TEXTS[request.param]


@pytest.fixture
def made(db, text):
    return {**installation(text, user := superuser(text)), "user": user}


@pytest.fixture
def boss(made, client_of):
    return client_of(made["user"])


def test_the_parser_sees_an_element_and_an_attribute_that_got_through():
    page = Page(f"<p>{TEXTS['markup']}</p>")
    assert ELEMENT in page.tags
    assert ATTRIBUTE in Page(f'<p title="{TEXTS["quotes"]}">').attributes


# Written by ourselves, from what we know: no text of anybody's gets there.
OURS = {
    "admintools.taskhistory": {"task_id", "queue", "resource", "attempt_task_id", "slot"},
    "admintools_watch.jobhour": {"job"},
    "admintools_watch.queuehour": {"queue"},
    "admintools.queuepause": {"queue"},  # the name of a job's
    "admintools.processbeat": {"name"},
    "admin.logentry": {"object_id"},
    "admintools_notify.subscription": {"nonce", "language"},
    "admintools_notify.delivery": {"key"},
    "admintools_notify.unservedqueue": {"queue"},
    "admintools.attempt": {"celery_id"},
    "MiCasillero.importbatch": {"file_hash", "stored_file"},
    "MiCasillero.partidaarancelaria": {"item_no"},  # nothing but a tariff code is taken
    "micasillero_classification.classification": {"code"},
    "micasillero_classification.manifest": {"run_id"},
    "micasillero_classification.manifestline": {"code"},
    "micasillero_generation.generationrun": {"run_id"},
    "micasillero_generation.modelcomparison": {"run_id"},
    "auth.user": {"password"},
    "django_celery_beat.periodictask": {"exchange", "routing_key", "queue", "headers"},
}
STORED = ("admintools", "micasillero", "api.", "auth.user", "auth.group", "admin.logentry",
          "django_celery_beat.periodictask")  # fmt: skip


def test_it_is_in_every_field_that_can_hold_a_text(db):
    """So that a field added later is tried too, or named above with the reason."""
    text = "hostile " * 100
    installation(text, superuser(text))
    without = set()
    for model in apps.get_models():
        label = model._meta.label.lower()
        if not label.startswith(STORED):
            continue
        for field in model._meta.fields:
            if not isinstance(field, TEXT_FIELDS) or field.choices:
                continue
            values = model._base_manager.values_list(field.name, flat=True)
            if not any("hostile" in str(value) for value in values):
                without.add((label, field.name))
    expected = {(label.lower(), name) for label, names in OURS.items() for name in names}
    assert without == expected


def test_every_page_of_the_console_is_looked_at(db):
    made = installation("quiet", superuser("quiet"))
    shown = {resolve(urlsplit(path).path).url_name for path in pages(made)}
    answered = {name for name, (method, _, _) in ADDRESSES.items() if method == "get"}
    # The catalogue is of our own words; the status is JSON and the failed items are a file, both
    # looked at below.
    apart = {"console_i18n", "console_task_status", "console_run_failed"}
    assert answered - shown == apart


def test_every_page_shows_it_as_text(text, made, boss):
    shown = {}
    for address in pages(made):
        answer = boss.get(address)
        assert answer.status_code == 200, address
        shown[address] = harmless(answer.content.decode())
    for address in (CONSOLE, f"{CONSOLE}tasks/", f"{CONSOLE}schedules/", f"{CONSOLE}import/"):
        assert _seen(text, shown[address]), address
    for run in made["runs"]:
        assert _seen(text, shown[f"{CONSOLE}runs/{run.task_id}/"])
    for batch in made["batches"]:
        assert _seen(text, shown[f"{CONSOLE}import/{batch.pk}/"])


def _seen(text, page):
    """Some of it stands on the page: it may be cut, and HTML folds blanks."""
    return " ".join(text[:20].split()) in " ".join(page.text.split())


def test_every_filter_of_the_history_shows_it_as_text(text, made, boss):
    form = boss.get(f"{CONSOLE}tasks/").content.decode()
    names = set(re.findall(r'name="([a-z_]+)"', form)) - {"csrfmiddlewaretoken"}
    assert len(names) > 4
    for name in names:
        answer = boss.get(f"{CONSOLE}tasks/?{name}={quote(text)}")
        assert answer.status_code in (200, 400)
        harmless(answer.content.decode())


def test_what_does_not_exist_is_not_shown_as_markup(text, boss):
    for address in ("runs/{}/", "runs/{}/log/", "launch/{}/", "queues/{}/pause/", "{}"):
        answer = boss.get(CONSOLE + address.format(quote(text, safe="")))
        assert answer.status_code in (200, 302, 404, 405)
        harmless(answer.content.decode())


def test_a_refused_form_shows_it_as_text(text, made, boss):
    for name in ("rebuild", "rollback", "cleanup"):
        fields = dict.fromkeys(
            ("engine", "keep_runs_days", "keep_log_days", "confirm", "retry_of"), text
        )
        harmless(boss.post(f"{CONSOLE}{name}/", fields).content.decode())


def test_json_answers_are_json(text, made, boss):
    for run in made["runs"]:
        answer = boss.get(f"{CONSOLE}task-status/{run.task_id}/", headers=JSON)
        assert answer["Content-Type"].startswith("application/json")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert json.loads(answer.content)["worker"] == text[:200]


def test_no_file_holds_a_cell_that_a_spreadsheet_would_execute(text, made, boss):
    """The history's, with a line for each run, and those of the items that a run could not do."""
    executed_by_nobody(boss.post(f"{CONSOLE}tasks/export/"), lines=len(made["runs"]))
    for run in made["runs"]:
        items = run.lines.exclude(item="").count()
        executed_by_nobody(boss.get(f"{CONSOLE}runs/{run.task_id}/failed/"), lines=items)
    goods = made["manifest"]
    answer = boss.post(f"{CONSOLE}classify/manifests/{goods.pk}/export/")
    executed_by_nobody(answer, lines=goods.lines.count())


def executed_by_nobody(answer, lines):
    assert answer["Content-Type"].startswith("text/csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert len(rows) == 1 + lines
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if FORMULA.match(cell)]
    # Where the machine's list separator is the semicolon, the same file has other cells.
    for row in csv.reader(io.StringIO(content), delimiter=";", quoting=csv.QUOTE_NONE):
        assert not [cell for cell in row if FORMULA.match(cell.strip(' "'))]


def test_one_line_of_the_log_is_one_line_of_its_file(text, made, boss):
    run = made["runs"][0]
    page = boss.get(f"{CONSOLE}runs/{run.task_id}/log/").content.decode()
    (address,) = set(re.findall(r'href="(\?[^"]*(?:text|download|plain|file)[^"]*)"', page))
    answer = boss.get(f"{CONSOLE}runs/{run.task_id}/log/{address.replace('&amp;', '&')}")
    content = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert content.count("\n") == run.lines.count()
