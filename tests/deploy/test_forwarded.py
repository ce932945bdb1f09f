"""Who the client is, and whether it came by https, is believed from the trusted proxies alone.

All addresses of 127.0.0.0/8 are this machine's: one plays the proxy, others the clients.
"""

import http.client
import subprocess
import sys

import pytest

from tests.deploy.conftest import DOMAIN, logged_client, request_id
from tests.deploy.shipped import ROOT
from tools.spawned import free_port

PROXY, OUTER_PROXY, CLIENT = "127.0.0.2", "127.0.1.7", "127.0.0.3"
TRUSTED = f"{PROXY},127.0.1.0/24"
VICTIM = "203.0.113.9"


@pytest.fixture(scope="module")
def site(start_web):
    process, port = start_web(TRUSTED_PROXIES=TRUSTED)
    return Asked(process, port)


class Asked:
    """A running site, asked from one address or another."""

    def __init__(self, process, port: int) -> None:
        self.process, self.port = process, port

    def get(self, source: str, headers: dict[str, str]) -> tuple[int, str]:
        """(status, the client's address as the site's log has it)."""
        sent = {"Host": DOMAIN, **request_id(), **headers}
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=10, source_address=(source, 0)
        )
        try:
            connection.request("GET", headers.get("Path", "/healthz"), headers=sent)
            status = connection.getresponse().status
        finally:
            connection.close()
        return status, logged_client(self.process, sent)


# By http it is answered with 301 to https, by https with 404.
PAGE = {"Path": "/nowhere/"}


def test_the_client_behind_the_proxy_is_known(site):
    assert site.get(PROXY, {"X-Forwarded-For": VICTIM}) == (200, VICTIM)


def test_a_client_that_talks_to_us_directly_forges_nothing(site):
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"):
        assert site.get(CLIENT, {name: VICTIM}) == (200, CLIENT), name


def test_loopback_is_not_trusted_unasked(site):
    assert site.get("127.0.0.1", {"X-Forwarded-For": VICTIM}) == (200, "127.0.0.1")


def test_what_the_client_wrote_before_the_proxy_did_is_not_believed(site):
    chain = {"X-Forwarded-For": f"{VICTIM}, {CLIENT}"}
    assert site.get(PROXY, chain) == (200, CLIENT)


def test_through_two_proxies_the_client_is_the_first_that_is_none(site):
    chain = {"X-Forwarded-For": f"198.51.100.1, {VICTIM}, {OUTER_PROXY}"}
    assert site.get(PROXY, chain) == (200, VICTIM)


def test_https_is_believed_from_the_proxy_alone(site):
    said = {**PAGE, "X-Forwarded-Proto": "https"}
    assert site.get(PROXY, said)[0] == 404
    assert site.get(CLIENT, said)[0] == 301
    assert site.get(PROXY, PAGE)[0] == 301


def test_without_trusted_proxies_nobody_is_believed(start_web):
    site = Asked(*start_web())
    said = {**PAGE, "X-Forwarded-For": VICTIM, "X-Forwarded-Proto": "https"}
    assert site.get(PROXY, said) == (301, PROXY)


def test_where_it_is_told_so_the_header_suffices(start_web):
    site = Asked(*start_web(TRUST_FORWARDED_PROTO="True"))
    assert site.get(CLIENT, {**PAGE, "X-Forwarded-Proto": "https"})[0] == 404
    assert site.get(CLIENT, {**PAGE, "X-Forwarded-Proto": "http"})[0] == 301


class TestHealthCheckOfTheContainer:
    def check(self, port: int, **env: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, ROOT / "deploy" / "healthz.py", str(port)],
            env=env,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def test_a_site_that_answers_is_well(self, site):
        done = self.check(site.port, ALLOWED_HOSTS=f"{DOMAIN}, other.example.hn")
        assert (done.returncode, done.stdout) == (0, "web answers 200\n")

    def test_one_that_refuses_is_not(self, site):
        assert self.check(site.port, ALLOWED_HOSTS="other.example.hn").returncode == 1

    def test_one_that_is_not_there_is_not(self):
        done = self.check(free_port())
        assert done.returncode == 1
        assert "does not answer" in done.stdout
