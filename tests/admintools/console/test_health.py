"""healthz lives as long as the process; readyz names what is missing."""

import pytest

from admintools.console import health
from admintools.watch import servers


@pytest.fixture(autouse=True)
def ask_each_time(monkeypatch):
    monkeypatch.setattr(health, "FRESH_FOR", 0.0)


def test_healthz_answers_without_a_database_or_a_login(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_names_what_is_not_ready(client, db):
    answer = client.get("/readyz")
    told = answer.json()
    # No broker runs and no index is built in these tests; the database is there and migrated.
    assert answer.status_code == 503
    assert told["status"] == "not_ready"
    assert told["not_ready"] == ["broker", "search_index"]
    assert told["checks"]["database"] == {"ok": True, "detail": ""}
    assert told["checks"]["broker"]["detail"]


def test_readyz_is_200_when_everything_is_there(client, db, monkeypatch):
    for name in ("broker", "search_index"):
        monkeypatch.setitem(health.CHECKS, name, lambda: health.Check(True))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["not_ready"]) == (200, [])


class TestFullBroker:
    """Redis A never evicts: full, it answers and takes nothing."""

    @pytest.fixture(autouse=True)
    def full(self, broker, monkeypatch):
        monkeypatch.setitem(health.CHECKS, "search_index", lambda: health.Check(True))
        broker.client().config_set("maxmemory", "100kb")
        return broker

    def test_it_is_named_and_the_site_keeps_its_visitors(self, client, db):
        answer = client.get("/readyz")
        told = answer.json()
        assert (answer.status_code, told["status"]) == (200, "degraded")
        assert (told["not_ready"], told["degraded"]) == ([], ["broker"])
        assert told["checks"]["broker"]["detail"]

    def test_home_says_so_and_what_to_do(self, admin_client):
        shown = admin_client.get("/admin/elasticsearch/", headers={"Accept-Language": "en"})
        assert "Jobs wait, because the broker is full: give Redis memory." in shown.text
        assert "Launched runs are kept and sent when it has room." in shown.text

    def test_with_room_again_all_is_well(self, client, db, full):
        full.client().config_set("maxmemory", "0")
        assert client.get("/readyz").json()["status"] == "ready"


def test_an_unapplied_migration_is_named(client, db):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="admintools").delete()
    assert "migrations" in client.get("/readyz").json()["not_ready"]


def test_no_address_and_no_password_is_told(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://:very-secret@127.0.0.1:1/0"
    servers.client.cache_clear()
    try:
        assert b"secret" not in client.get("/readyz").content
    finally:
        servers.client.cache_clear()


def test_only_reading_is_allowed(client):
    assert client.post("/healthz").status_code == 405
