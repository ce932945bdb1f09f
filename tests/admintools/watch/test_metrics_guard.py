"""Who may read `/metrics`."""

import pytest

from .test_metrics import TOKEN, read_anew  # noqa: F401


def test_without_a_token_in_the_settings_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ñ"]
)
def test_who_does_not_show_it_is_refused(client, shown):
    headers = {} if shown is None else {"Authorization": shown}
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert b"sicargabox_" not in answer.content


def test_a_session_is_no_token(admin_client):
    assert admin_client.get("/metrics").status_code == 401


def test_it_is_read_and_not_posted_to(client):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert client.post("/metrics", headers=headers).status_code == 405


def test_nobody_keeps_a_copy(client, db):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/plain")
