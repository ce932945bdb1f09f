"""The servers of docker-compose.yml: what they keep, what they may take, and whom they let in."""

from pathlib import Path

import pytest

from tests.deploy.shipped import composed, seconds, size

# Service, its volume, and where its image writes what must outlive the container.
OUTLIVES = [
    ("postgres", "postgres", "/var/lib/postgresql/data"),
    ("redis-a", "redis-a", "/data"),
    ("elasticsearch", "elasticsearch", "/usr/share/elasticsearch/data"),
    ("proxy", "caddy-data", "/data"),
    ("proxy", "caddy-config", "/config"),
]
VERSIONS = {
    "postgres": "postgres:16-",
    "redis-a": "redis:7.",
    "redis-b": "redis:7.",
    "elasticsearch": "docker.elastic.co/elasticsearch/elasticsearch:8.19.",
    "proxy": "caddy:2.",
}
SECRETS = {
    name: f"{name.lower().replace('_', '')}1"
    for name in (
        *("POSTGRES_PASSWORD", "REDIS_A_PASSWORD", "REDIS_B_PASSWORD", "ELASTIC_PASSWORD"),
        "SECRET_KEY",
    )
} | {"FLOWER_BASIC_AUTH": "operator:flower1"}
# Of each service: variables, and the secret that must stand in them.
SHOWN_TO = {
    "postgres": {"POSTGRES_PASSWORD": "POSTGRES_PASSWORD"},
    "redis-a": {"REDISCLI_AUTH": "REDIS_A_PASSWORD"},
    "redis-b": {"REDISCLI_AUTH": "REDIS_B_PASSWORD"},
    "elasticsearch": {"ELASTIC_PASSWORD": "ELASTIC_PASSWORD"},
    "flower": {"FLOWER_BASIC_AUTH": "FLOWER_BASIC_AUTH", "REDIS_URL": "REDIS_A_PASSWORD"},
    "web": {
        "SECRET_KEY": "SECRET_KEY",
        "DATABASE_URL": "POSTGRES_PASSWORD",
        "REDIS_URL": "REDIS_A_PASSWORD",
        "REDIS_CACHE_URL": "REDIS_B_PASSWORD",
        "ELASTICSEARCH_PASSWORD": "ELASTIC_PASSWORD",
    },
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return composed(tmp_path_factory.mktemp("compose"), **SECRETS)["services"]


@pytest.mark.parametrize(("name", "volume", "place"), OUTLIVES)
def test_what_must_outlive_its_container_lies_in_a_volume(services, name, volume, place):
    assert f"{volume}:{place}:rw" in services[name]["volumes"]


def test_the_proxy_reads_the_file_that_the_tests_start(services):
    mounted = [v for v in services["proxy"]["volumes"] if ":/etc/caddy/Caddyfile" in v]
    assert [v.endswith("/deploy/Caddyfile:/etc/caddy/Caddyfile:ro") for v in mounted] == [True]


def test_the_cache_keeps_nothing(services):
    assert not services["redis-b"].get("volumes")


@pytest.mark.parametrize("name", VERSIONS)
def test_its_version_is_the_one_we_speak_with(services, name):
    assert services[name]["image"].startswith(VERSIONS[name])


@pytest.mark.parametrize("name", SHOWN_TO)
def test_its_passwords_are_those_of_the_environment(services, name):
    environment = services[name]["environment"]
    for variable, secret in SHOWN_TO[name].items():
        assert SECRETS[secret] in str(environment[variable]), variable


def test_search_asks_for_the_password(services):
    assert services["elasticsearch"]["environment"]["xpack.security.enabled"] == "true"


def test_a_server_may_take_more_than_it_is_told_to_use(services, tmp_path):
    heap = services["elasticsearch"]["environment"]["ES_JAVA_OPTS"].rpartition("-Xmx")[2]
    assert size(services["elasticsearch"]["mem_limit"]) >= 2 * size(heap)
    # A rewrite of the append-only file copies what is written meanwhile.
    used = services["redis-a"]["environment"]["REDIS_MAXMEMORY"]
    assert size(services["redis-a"]["mem_limit"]) >= 2 * size(used)
    assert size(services["redis-b"]["mem_limit"]) > size("256mb")


def test_its_memory_is_set_from_the_environment(tmp_path: Path) -> None:
    changed = composed(
        tmp_path,
        REDIS_A_MAXMEMORY="2gb",
        REDIS_A_MEM_LIMIT="4g",
        POSTGRES_MEM_LIMIT="3g",
        ELASTICSEARCH_MEM_LIMIT="5g",
    )["services"]
    limits = {name: service["mem_limit"] for name, service in changed.items()}
    assert changed["redis-a"]["environment"]["REDIS_MAXMEMORY"] == "2gb"
    assert (limits["redis-a"], limits["postgres"], limits["elasticsearch"]) == ("4g", "3g", "5g")


@pytest.mark.parametrize("name", ["postgres", "redis-a", "elasticsearch"])
def test_what_keeps_data_gets_time_to_write_them_out(services, name):
    assert seconds(services[name]["stop_grace_period"]) >= 30
