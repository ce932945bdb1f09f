"""deploy/Caddyfile in a real Caddy, in front of the real site."""

import http.client
import os
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest

from tests.deploy.conftest import DOMAIN, logged_client, request_id
from tests.deploy.shipped import DEPLOY, composed, program
from tools.spawned import Spawned, free_port

PROXY = "127.0.0.1"
FORGED = "203.0.113.9"


class Proxy:
    """A running Caddy and the site behind it."""

    def __init__(
        self, web: Spawned, web_port: int, http_port: int, https_port: int, admin: int
    ) -> None:
        self.web, self.web_port = web, web_port
        self.http_port, self.https_port, self.admin = http_port, https_port, admin

    def get(
        self, path: str, *, method: str = "GET", body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        """By https, from 127.0.0.5."""
        # Its certificate is signed by itself, for this test.
        context = ssl._create_unverified_context()
        connection = _ToDomain(
            DOMAIN, self.https_port, timeout=20, context=context, source_address=("127.0.0.5", 0)
        )
        connection.request(method, path, body=body, headers={"Host": DOMAIN, **headers})
        return connection.getresponse()


class _ToDomain(http.client.HTTPSConnection):
    """Asks for the domain's certificate, though the domain has no address here."""

    def connect(self) -> None:
        self.host = PROXY
        http.client.HTTPConnection.connect(self)
        self.host = DOMAIN
        self.sock = self._context.wrap_socket(self.sock, server_hostname=DOMAIN)


@pytest.fixture(scope="module")
def proxy(start_web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    caddy, place = program("caddy"), tmp_path_factory.mktemp("caddy")
    web, port = start_web(TRUSTED_PROXIES=PROXY)
    ports = [free_port() for _ in range(3)]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "SITE_DOMAIN": DOMAIN,
        "ACME_EMAIL": "internal",
        "HTTP_PORT": str(ports[0]),
        "HTTPS_PORT": str(ports[1]),
        "CADDY_ADMIN": f"127.0.0.1:{ports[2]}",
        "UPSTREAM": f"127.0.0.1:{port}",
        "BODY_MAX": "100KB",
    }
    argv = [caddy, "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    with Spawned(argv, log=place / "caddy.log", env=env) as process:
        process.wait_for_output("serving initial configuration", timeout=20)
        there = Proxy(web, port, *ports)
        process.wait_until(lambda: _serves(there), "serving", timeout=20)
        yield there


def _serves(there: Proxy) -> bool:
    try:
        return there.get("/healthz?ready").status == 200
    except OSError:
        return False


def test_the_client_is_known_whatever_it_says_of_itself(proxy):
    forged = {"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "http", "X-Real-Ip": FORGED}
    sent = {**forged, **request_id()}
    assert proxy.get("/healthz", **sent).status == 200
    assert logged_client(proxy.web, sent) == "127.0.0.5"


def test_by_https_one_gets_a_page_and_is_told_to_stay(proxy):
    answer = proxy.get("/")
    assert (answer.status, answer.headers["Location"]) == (302, "/admin/")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_body_beyond_the_limit_goes_no_further(proxy):
    # Caddy 2.6, which Debian has, says 502 to it; the image's says 413.
    too_large = proxy.get("/nowhere/", body=b"x" * 200_000, method="POST")
    assert too_large.status in (413, 502)
    assert proxy.get("/nowhere/", body=b"x" * 1_000, method="POST").status in (403, 404)


def test_by_http_one_is_sent_to_https(proxy):
    connection = http.client.HTTPConnection(PROXY, proxy.http_port, timeout=10)
    connection.request("GET", "/admin/login/", headers={"Host": DOMAIN})
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"].startswith(f"https://{DOMAIN}")


def test_another_name_gets_no_page_of_ours(proxy):
    assert b"SicargaBox" not in proxy.get("/admin/login/", Host="evil.example").read()


def test_the_health_check_of_its_container_answers(proxy, tmp_path):
    services = composed(tmp_path / "compose")["services"]
    url = services["proxy"]["healthcheck"]["test"][-1]
    assert url == "http://127.0.0.1:2019/config/"
    with urlopen(url.replace("2019", str(proxy.admin)), timeout=5) as answer:
        assert answer.status == 200


def test_while_the_site_restarts_requests_wait_for_it(proxy, start_web):
    proxy.web.kill()
    waiting = ThreadPoolExecutor().submit(proxy.get, "/healthz?waited")
    proxy.web, _port = start_web(proxy.web_port, TRUSTED_PROXIES=PROXY)
    assert waiting.result(timeout=30).status == 200
