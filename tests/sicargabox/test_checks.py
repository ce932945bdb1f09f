"""Each system check: what it finds, under its number, and that it is silent otherwise."""

import os
import subprocess
import sys
from collections.abc import Iterator

import environ
import pytest
from django.core.checks import CheckMessage, run_checks
from pytest_django.fixtures import Settings

from admintools.jobs.registry import JobDefinition, Registry
from sicargabox import checks
from sicargabox.settings.environment import Environment
from tests.conftest import started
from tests.support.servers import RedisServer


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


def job(slug: str) -> JobDefinition:
    return JobDefinition(slug, slug, "", wire_name=f"admintools.tasks.{slug}", queue="celery")


def test_the_product_as_it_is_has_no_fault() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "sicargabox.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


class TestJobs:
    def test_a_job_without_a_body_is_e003(self) -> None:
        jobs = Registry()
        jobs.add(job("cleanup"))
        found = checks.jobs_are_complete(None, jobs=jobs)
        assert ids(found) == ["sicargabox.E003"]
        assert "cleanup" in found[0].msg

    def test_a_job_without_a_permission_is_w008(self) -> None:
        jobs = Registry()
        jobs.add(job("fly_to_the_moon"))
        jobs.add_body("admintools.tasks.fly_to_the_moon", dict)
        found = checks.jobs_are_complete(None, jobs=jobs)
        assert ids(found) == ["sicargabox.W008"]
        assert "admintools.launch_fly_to_the_moon" in found[0].msg

    def test_a_whole_job_is_none(self) -> None:
        jobs = Registry()
        jobs.add(job("cleanup"))
        jobs.add_body("admintools.tasks.cleanup", dict)
        assert checks.jobs_are_complete(None, jobs=jobs) == []


class TestChannelLayer:
    CORE = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}

    def test_the_core_layer_with_redis_py_8_is_e002(self, settings: Settings) -> None:
        settings.CHANNEL_LAYERS = self.CORE
        found = checks.channel_layer_fits_the_client(None, redis_version="8.1.0")
        assert ids(found) == ["sicargabox.E002"]

    def test_the_core_layer_with_redis_py_7_is_fine(self, settings: Settings) -> None:
        settings.CHANNEL_LAYERS = self.CORE
        assert checks.channel_layer_fits_the_client(None, redis_version="7.4.1") == []

    def test_our_layer_with_redis_py_8_is_fine(self) -> None:
        assert checks.channel_layer_fits_the_client(None, redis_version="8.1.0") == []


class TestPostgresDriver:
    def test_psycopg_3_beside_psycopg2_is_w002(self, tmp_path, monkeypatch) -> None:
        metadata = tmp_path / "psycopg-3.2.1.dist-info" / "METADATA"
        metadata.parent.mkdir()
        metadata.write_text("Metadata-Version: 2.1\nName: psycopg\nVersion: 3.2.1\n")
        monkeypatch.syspath_prepend(tmp_path)
        found = checks.one_driver_for_postgresql(None)
        assert ids(found) == ["sicargabox.W002"]
        assert "3.2.1" in found[0].msg

    def test_psycopg2_alone_is_fine(self) -> None:
        assert checks.one_driver_for_postgresql(None) == []


class TestLease:
    def test_one_shorter_than_two_heartbeats_is_e005(self, settings: Settings) -> None:
        settings.LEASE_SECONDS, settings.HEARTBEAT_SECONDS = 29.0, 15.0
        assert ids(checks.lease_outlives_the_heartbeat(None)) == ["sicargabox.E005"]

    def test_one_of_two_heartbeats_is_fine(self, settings: Settings) -> None:
        settings.LEASE_SECONDS, settings.HEARTBEAT_SECONDS = 30.0, 15.0
        assert checks.lease_outlives_the_heartbeat(None) == []


class TestNames:
    @pytest.fixture
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> Environment:
        """A reader of an environment that a test fills, with one name that is read."""
        source = environ.Env()
        monkeypatch.setattr(source, "ENVIRON", {"PATH": "/bin"}, raising=False)
        reader = Environment(source)
        reader.seconds("LEASE_SECONDS", 90.0)
        return reader

    def test_a_misspelt_one_is_w004_and_told_what_was_meant(self, environment: Environment) -> None:
        environment._env.ENVIRON["LEASE_SECOND"] = "30"
        found = checks.names_are_spelt_right(None, environment=environment)
        assert ids(found) == ["sicargabox.W004"]
        assert "LEASE_SECONDS" in str(found[0].hint)

    def test_names_of_other_programs_are_none_of_ours(self, environment: Environment) -> None:
        environment._env.ENVIRON["LESSOPEN"] = "x"
        assert checks.names_are_spelt_right(None, environment=environment) == []

    def test_the_right_one_beside_it_silences_it(self, environment: Environment) -> None:
        environment._env.ENVIRON.update(LEASE_SECONDS="90", LEASE_SECOND="30")
        assert checks.names_are_spelt_right(None, environment=environment) == []


class TestProduction:
    def test_a_key_of_this_host_alone_is_w003(self, settings: Settings) -> None:
        settings.SECRET_KEY_FROM_ENVIRONMENT = False
        assert ids(checks.secrets_are_shared(None)) == ["sicargabox.W003"]

    def test_a_key_from_the_environment_is_fine(self, settings: Settings) -> None:
        settings.SECRET_KEY_FROM_ENVIRONMENT = True
        assert checks.secrets_are_shared(None) == []

    def test_sqlite_is_w005_and_the_embedded_engine_w006(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3"})
        settings.SEARCH_ENGINE = "tantivy"
        found = checks.stores_are_for_production(None)
        assert ids(found) == ["sicargabox.W005", "sicargabox.W006"]

    def test_postgresql_and_elasticsearch_are_fine(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(
            settings.DATABASES, "default", {"ENGINE": "django.db.backends.postgresql"}
        )
        settings.SEARCH_ENGINE = "elasticsearch"
        assert checks.stores_are_for_production(None) == []

    def test_any_host_is_w007(self, settings: Settings) -> None:
        settings.ALLOWED_HOSTS = ["admin.example.hn", "*"]
        assert ids(checks.sockets_check_the_origin(None)) == ["sicargabox.W007"]

    def test_named_hosts_are_fine(self, settings: Settings) -> None:
        settings.ALLOWED_HOSTS = ["admin.example.hn"]
        assert checks.sockets_check_the_origin(None) == []

    def test_https_that_nobody_tells_of_is_w009(self, settings: Settings) -> None:
        settings.HTTPS = True
        assert ids(checks.somebody_says_that_it_is_https(None)) == ["sicargabox.W009"]

    @pytest.mark.parametrize(
        "told", [{"TRUSTED_PROXIES": ["127.0.0.1/32"]}, {"TRUST_FORWARDED_PROTO": True}]
    )
    def test_https_that_a_proxy_tells_of_is_fine(self, told: dict, settings: Settings) -> None:
        settings.HTTPS = True
        for name, value in told.items():
            setattr(settings, name, value)
        assert checks.somebody_says_that_it_is_https(None) == []


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[RedisServer, RedisServer]]:
    first, second = started(RedisServer(password="a")), started(RedisServer())
    yield first, second
    first.close()
    second.close()


class TestBroker:
    @pytest.fixture
    def apart(
        self, servers: tuple[RedisServer, RedisServer], settings: Settings
    ) -> tuple[RedisServer, RedisServer]:
        """Broker and results on the first server, the cache on the second; neither evicts."""
        first, second = servers
        settings.CELERY_BROKER_URL = first.url(0)
        settings.CELERY_RESULT_BACKEND = first.url(1)
        settings.REDIS_CACHE_URL = second.url()
        for server in servers:
            server.client().config_set("maxmemory-policy", "noeviction")
        return servers

    def test_two_servers_with_one_that_keeps_everything_are_fine(self, apart) -> None:
        apart[1].client().config_set("maxmemory-policy", "allkeys-lru")
        assert checks.the_broker_keeps_what_it_takes(None) == []

    def test_a_broker_that_may_evict_is_e001_once(self, apart) -> None:
        apart[0].client().config_set("maxmemory-policy", "allkeys-lru")
        found = checks.the_broker_keeps_what_it_takes(None)
        assert ids(found) == ["sicargabox.E001"]
        assert "allkeys-lru" in found[0].msg

    def test_results_that_may_be_evicted_are_e001_too(self, apart, settings: Settings) -> None:
        settings.CELERY_RESULT_BACKEND = apart[1].url(1)
        apart[1].client().config_set("maxmemory-policy", "volatile-ttl")
        found = checks.the_broker_keeps_what_it_takes(None)
        assert ids(found) == ["sicargabox.E001"]
        assert "CELERY_RESULT_BACKEND" in found[0].msg

    def test_one_server_for_both_is_w001(self, apart, settings: Settings) -> None:
        settings.REDIS_CACHE_URL = apart[0].url()
        assert ids(checks.the_broker_keeps_what_it_takes(None)) == ["sicargabox.W001"]

    def test_a_broker_that_is_away_is_not_a_fault_of_the_settings(self, settings: Settings) -> None:
        settings.CELERY_BROKER_URL = settings.CELERY_RESULT_BACKEND = "redis://127.0.0.1:1/0"
        settings.REDIS_CACHE_URL = "redis://127.0.0.1:2"
        assert checks.the_broker_keeps_what_it_takes(None) == []


def test_the_checks_for_production_run_only_there(settings: Settings) -> None:
    settings.SECRET_KEY_FROM_ENVIRONMENT = False
    assert "sicargabox.W003" not in ids(run_checks(tags=[checks.PRODUCT]))
    deployed = run_checks(tags=[checks.PRODUCT], include_deployment_checks=True)
    assert "sicargabox.W003" in ids(deployed)
