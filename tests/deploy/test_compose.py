"""docker-compose.yml, as docker-compose reads it. No Docker engine is needed, and none was used."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from django.conf import settings

from admintools.jobs import parts as start_of
from admintools.jobs.registry import QUEUES
from sicargabox.settings.environment import env
from sicargabox.supervisor import parts
from tests.deploy.shipped import (
    DEPLOY,
    ROOT,
    compose,
    composed,
    example_values,
    seconds,
    served,
    started_by_us,
    words,
)

VALUES = example_values(DEPLOY / "compose.env.example")
PASSWORDS = [
    *("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_A_PASSWORD", "REDIS_B_PASSWORD"),
    *("ELASTIC_PASSWORD", "FLOWER_BASIC_AUTH", "SITE_DOMAIN", "ACME_EMAIL"),
]
ONE_SHOT = {"migrate"}
THERE = {
    *("proxy", "migrate", "web", "dispatch", "sync_index", "notify", "beat", "flower"),
    *("worker-elasticsearch", "worker-general", "worker-events", "worker-notifications"),
    *("postgres", "redis-a", "redis-b", "elasticsearch"),
}
# What the health check of each must hold.
HEALTH = {
    "proxy": "http://127.0.0.1:2019/",
    "web": "python deploy/healthz.py",
    "flower": "http://127.0.0.1:5555/healthcheck",
    "postgres": "pg_isready -q -U sicargabox -d sicargabox",
    "elasticsearch": "/_cluster/health?wait_for_status=yellow",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return composed(tmp_path_factory.mktemp("compose"))


@pytest.fixture(scope="module")
def services(config: dict) -> dict:
    return config["services"]


def ours(services: dict) -> dict:
    """Those that run our image."""
    return {name: s for name, s in services.items() if "build" in s}


@pytest.mark.parametrize("name", PASSWORDS)
def test_what_is_missing_is_asked_for_by_name(tmp_path, name):
    done = compose(tmp_path, {key: value for key, value in VALUES.items() if key != name})
    assert done.returncode != 0
    assert f"Set {name} in .env" in done.stderr


def test_an_empty_password_is_a_missing_one(tmp_path):
    done = compose(tmp_path, {**VALUES, "POSTGRES_PASSWORD": ""})
    assert done.returncode != 0
    assert "Set POSTGRES_PASSWORD in .env" in done.stderr


def test_the_file_for_development_is_well_formed(tmp_path):
    done = compose(tmp_path, {}, "docker-compose.dev.yml")
    assert done.returncode == 0, done.stderr


def test_no_password_stands_in_the_file():
    text = (ROOT / "docker-compose.yml").read_text()
    named = re.findall(r"\$\{([A-Z_]*(?:PASSWORD|KEY|AUTH|TOKEN)[A-Z_]*)([^}]*)\}", text)
    assert {name for name, _ in named} >= {
        n for n in PASSWORDS if n not in ("SITE_DOMAIN", "ACME_EMAIL")
    }
    assert not [name for name, rest in named if rest.startswith((":-", "-"))]


def test_every_part_is_there(services):
    assert set(services) == THERE


def test_only_the_proxy_is_published_beyond_loopback(services):
    published = {
        name: [_shown(port) for port in service["ports"]]
        for name, service in services.items()
        if service.get("ports")
    }
    assert set(published) == {"proxy", "flower"}
    assert published["flower"] == ["127.0.0.1:5555:5555/tcp"]
    assert {port.split(":")[0] for port in published["proxy"]} == {"80", "443"}
    assert not [name for name, s in services.items() if s.get("network_mode") == "host"]


def _shown(port: str | dict) -> str:
    """docker-compose prints a port without an address as a mapping."""
    return port if isinstance(port, str) else f"{port['published']}:{port['target']}"


@pytest.mark.parametrize("property", ["mem_limit", "logging"])
def test_each_service_is_bounded(services, property):
    assert not [name for name, service in services.items() if not service.get(property)]


def test_each_service_shows_its_health_or_ends_by_itself(services):
    checks = {name: service.get("healthcheck", {}) for name, service in services.items()}
    without = {n for n, check in checks.items() if not check.get("test") or check.get("disable")}
    assert without == ONE_SHOT


def test_each_service_comes_back_by_itself(services):
    policies = {name: service["restart"] for name, service in services.items()}
    assert policies == {name: "no" if name in ONE_SHOT else "unless-stopped" for name in services}


def test_no_service_gains_rights(services):
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("privileged"), name
    assert {n: s["cap_add"] for n, s in services.items() if s.get("cap_add")} == {
        "proxy": ["NET_BIND_SERVICE"]
    }


def test_what_can_do_without_writing_its_file_system_does(services):
    assert [name for name, s in services.items() if not s.get("read_only")] == ["elasticsearch"]


def test_ours_start_after_the_migrations(services):
    for name, service in ours(services).items():
        if name not in ONE_SHOT:
            condition = service["depends_on"]["migrate"]["condition"]
            assert condition == "service_completed_successfully", name
    assert "manage.py migrate" in services["migrate"]["command"][-1]
    assert "manage.py collectstatic" in services["migrate"]["command"][-1]


def test_our_services_are_the_commands_that_the_tests_start_too(services):
    commands = {
        name: words(service["command"])
        for name, service in ours(services).items()
        if name not in ONE_SHOT | {"flower"}  # flower: tests/deploy/test_flower.py
    }
    assert commands == started_by_us()


def test_each_queue_is_served_by_exactly_one_worker(services):
    queues = [queue for served_by_one in served(services).values() for queue in served_by_one]
    assert sorted(queues) == sorted(QUEUES)


def test_what_a_page_says_to_start_is_a_service(services, settings):
    settings.START_COMMAND = services["web"]["environment"]["START_COMMAND"]
    start = "docker compose up -d "
    for name, queues in served(services).items():
        assert {start_of.starts_worker(queue) for queue in queues} == {start + name}
    told = {start_of.starts(process).removeprefix(start) for process in start_of.DIRECT}
    assert told <= set(services)


def test_a_worker_gets_longer_than_it_takes_to_leave(services):
    for name, service in services.items():
        if name.startswith("worker-"):
            grace = seconds(service["stop_grace_period"])
            assert grace > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT + 15, name


@pytest.mark.parametrize("name", HEALTH)
def test_each_health_check_asks_who_would_not_answer(services, name):
    """Those of a server; redis: tests/deploy/test_compose_redis.py."""
    assert HEALTH[name] in " ".join(services[name]["healthcheck"]["test"])


def test_each_health_check_asks_for_its_own_process(services):
    asked = {
        name: service["healthcheck"]["test"][4]
        for name, service in services.items()
        if "alive" in service.get("healthcheck", {}).get("test", [])
    }
    assert asked == {name: name for name in started_by_us() if name != "web"}


def test_there_is_one_beat(services):
    beating = [n for n, s in services.items() if {"beat", "-B"} & set(s.get("command") or [])]
    assert beating == ["beat"]
    assert not {"scale", "deploy"} & set(services["beat"])


def test_web_gets_longer_than_it_takes_to_leave(services):
    assert seconds(services["web"]["stop_grace_period"]) >= 3 * parts.WEB_GRACE_SECONDS


def test_ours_all_have_the_same_settings_and_share_what_they_keep(services):
    web = services["web"]
    for name, service in ours(services).items():
        if name != "flower":
            assert service["environment"] == web["environment"], name
            assert service["volumes"][0] == "state:/var/lib/sicargabox:rw", name


def test_web_alone_sees_the_dumps_and_cannot_change_them(services):
    dumps = f"/var/backups/sicargabox:{services['web']['environment']['BACKUP_DIR']}:ro"
    more = {name: s["volumes"][1:] for name, s in ours(services).items() if s["volumes"][1:]}
    assert more == {"web": [dumps]}


def test_the_backup_that_the_runbook_tells_reaches_the_database(services):
    """The line for cron: deploy/backup.sh, with PostgreSQL's programs of the container."""
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    (line,) = re.findall(
        r"^ +\d+ \* \* \* \* root (cd .*deploy/backup\.sh)$", runbook, re.MULTILINE
    )
    told = dict(word.split("=", 1) for word in shlex.split(line) if "=" in word)
    assert f"{told['BACKUP_DIR']}:/backups:ro" in services["web"]["volumes"]
    login = services["postgres"]["environment"]
    assert told["THROUGH"].split() == [
        *("docker", "compose", "exec", "-T", "-e", f"PGUSER={login['POSTGRES_USER']}"),
        *("-e", f"PGDATABASE={login['POSTGRES_DB']}", "postgres"),
    ]


def test_the_settings_it_makes_are_ones_that_exist(services):
    made = set(services["web"]["environment"]) - set(VALUES)
    assert made <= env.known


def test_check_deploy_is_clean_with_them(services, tmp_path):
    environment = {**services["web"]["environment"], "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **{name: str(v) for name, v in environment.items()}},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_any_setting_of_env_reaches_our_services(tmp_path):
    services = composed(tmp_path, LEASE_SECONDS="120", LOG_LEVEL="DEBUG")["services"]
    for name, service in ours(services).items():
        assert str(service["environment"]["LEASE_SECONDS"]) == "120", name
    assert "DEBUG" in services["beat"]["command"]


def test_the_proxy_alone_is_trusted(config):
    web, proxy = config["services"]["web"], config["services"]["proxy"]
    address = proxy["networks"]["edge"]["ipv4_address"]
    assert web["environment"]["TRUSTED_PROXIES"] == address
    # No other container is ever given it.
    (pool,) = config["networks"]["edge"]["ipam"]["config"]
    assert pool["ip_range"] == "172.30.62.128/25"
    assert address == "172.30.62.2"
    assert [n for n, s in config["services"].items() if "edge" in (s.get("networks") or [])] == [
        *("proxy", "web")
    ]
