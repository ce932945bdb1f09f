"""Each request has an id, in every line of its log and in the answer, and one line of its own."""

import logging
import re

import pytest
from django.urls import path

from sicargabox.urls import urlpatterns as ours

ASKED = "/healthz"


def broken(request):
    logging.getLogger("a.view").warning("about to break")
    raise RuntimeError("token=hunter2")


urlpatterns = [*ours, path("broken/", broken)]


@pytest.fixture(autouse=True)
def no_exception_for_the_client(client):
    client.raise_request_exception = False


def test_the_answer_and_the_line_name_the_same_id(client, log_lines):
    answer = client.get(f"{ASKED}?q=maria", REMOTE_ADDR="203.0.113.9")
    (line,) = log_lines()
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["event"], line["level"], line["code"]) == ("request_finished", "info", 200)
    assert (line["request"], line["client"]) == (f"GET {ASKED}", "203.0.113.9")
    assert line["milliseconds"] >= 0
    assert "maria" not in str(line)


@pytest.mark.parametrize("given", ["f5427ea5-05d5-46bc-a259-f398ae0b88ad", "a1b2c3d4", "Z" * 64])
def test_an_id_that_the_proxy_gave_is_kept(client, given):
    assert client.get(ASKED, headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    ["", "short", "Z" * 65, "a" * 8 + "\n", "id with blanks", '"}{"event"', "../../etc/x", "ñ" * 9],
)
def test_anything_else_is_not_taken_over(client, log_lines, given):
    answer = client.get(ASKED, headers={"X-Request-ID": given, "X-Correlation-ID": given})
    assert answer["X-Request-ID"] != given
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert "correlation_id" not in log_lines()[0]


def test_two_requests_share_nothing(client, log_lines):
    assert client.get(ASKED)["X-Request-ID"] != client.get(ASKED)["X-Request-ID"]
    first, second = log_lines()
    assert first["request_id"] != second["request_id"]


@pytest.mark.urls(__name__)
def test_a_request_that_breaks_has_its_traceback_once_and_scrubbed(client, log_lines):
    answer = client.get("/broken/")
    said, failed = log_lines()
    assert answer.status_code == 500
    assert said["event"] == "about to break"
    assert (failed["event"], failed["code"]) == ("request_failed", 500)
    assert {said["request_id"], failed["request_id"]} == {answer["X-Request-ID"]}
    assert "RuntimeError: token=***" in failed["exception"]
    assert "hunter2" not in str(failed)


def test_what_is_not_there_is_one_warning(client, log_lines, db):
    client.get("/nowhere/")
    (line,) = log_lines()
    assert (line["event"], line["level"], line["code"]) == ("request_finished", "warning", 404)
