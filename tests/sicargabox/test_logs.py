"""A line of the log is one JSON object that names its context and holds no secret."""

import json
import logging
import threading

import pytest
import structlog

from sicargabox import logs

plain = logging.getLogger("some.library")
structured = structlog.get_logger("some.module")
UUID = "08011990-1234-4567-8901-234567890123"


@pytest.fixture(autouse=True)
def nothing_bound():
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


def test_lines_of_both_kinds_name_what_is_bound(log_lines):
    with structlog.contextvars.bound_contextvars(run_id=7, task_id=UUID, attempt=2):
        plain.warning("Waited %d s.", 3)
        structured.warning("task_started", job="cleanup")
    plain.warning("Afterwards.")
    first, second, third = log_lines()
    assert (first["event"], first["level"], first["logger"]) == (
        "Waited 3 s.", "warning", "some.library",
    )  # fmt: skip
    assert (second["event"], second["job"]) == ("task_started", "cleanup")
    for line in (first, second):
        assert (line["run_id"], line["task_id"], line["attempt"]) == (7, UUID, 2)
    assert "run_id" not in third


def test_a_text_of_several_lines_is_one_line(log_lines):
    plain.warning('Ünö\n{"event": "forged"}')
    (line,) = log_lines()
    assert line["event"] == 'Ünö\n{"event": "forged"}'


SECRETS = (
    ("redis://user:hunter2@host:6379/0 is away", "hunter2"),
    ("Authorization: Bearer hunter2.abc", "hunter2"),
    ("sent with Bearer hunter2hunter2hunter2", "hunter2"),
    ("{'api-key': 'hunter2', 'n': 1}", "hunter2"),
    ("GET /x?token=hunter2", "hunter2"),
    ("SECRET_KEY=hunter2", "hunter2"),
    ("wrote to maria.lopez+1@example.co.hn", "maria.lopez"),
    ("call +504 9876-5432 now", "9876"),
    ("call 9876-5432", "9876-5432"),
    ("DNI 0801-1990-12345", "1990-12345"),
    ("RTN 08011990123456", "08011990123456"),
)


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_no_secret_and_nobody_s_data_are_written(log_lines, text, secret):
    plain.warning("It says %s.", text)
    structured.warning("said", text=text, deep={"list": [text]})
    try:
        raise ValueError(text)
    except ValueError:
        plain.exception("Broken")
    written = json.dumps(log_lines())
    assert secret not in written
    assert written.count("***") >= 4


def test_what_is_called_a_secret_is_none_of_the_log_s_business(log_lines):
    structured.warning("said", password="a", headers={"Cookie": "b", "Accept": "c"}, tokens=12)
    (line,) = log_lines()
    assert line["password"] == "***"
    assert line["headers"] == {"Cookie": "***", "Accept": "c"}
    assert line["tokens"] == 12


@pytest.mark.parametrize(
    "text",
    [
        f"Run {UUID} failed",
        "6404.11.00.00 not found",
        "took 98765432 bytes of 1764154615123",
        "basic materials: 12 lines",
        "2026-11-26 10:48:00",
        "http://127.0.0.1:9200/partidas-20261126-104800",
        "tokens: 512",
    ],
)
def test_what_names_nobody_stays(log_lines, text):
    plain.warning(text)
    assert log_lines()[0]["event"] == text


def test_a_worker_is_no_mailbox(log_lines):
    structured.warning("task_started", worker="general@web1.example.hn")
    assert log_lines()[0]["worker"] == "general@web1.example.hn"


def test_a_text_without_end_keeps_its_ends(log_lines):
    plain.warning("begin" + "x" * 1_000_000 + "end")
    (line,) = log_lines()
    assert len(line["event"]) < 20_000
    assert line["event"].startswith("begin") and line["event"].endswith("end")


def test_what_json_does_not_know_is_written_as_text(log_lines):
    structured.warning("said", what=threading, who={1}, half="\ud800")
    (line,) = log_lines()
    assert "threading" in line["what"]
    assert line["who"] == [1]
    assert line["half"] == "\ufffd"


def test_people_get_a_line_for_people():
    record = logging.LogRecord("a.module", logging.INFO, "", 1, "It is %s.", ("well",), None)
    line = logs.formatter("text").format(record)
    assert "It is well." in line and "a.module" in line
    assert not line.startswith("{")
