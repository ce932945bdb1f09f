"""Where a webhook may go: no URL that a person writes reaches what only our machines reach."""

import ipaddress
import socket

import pytest

from admintools.notify import addresses, sender
from admintools.notify.faults import Passing, Permanent
from admintools.notify.models import State
from tests.support.receiver import Receiver

PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("0.0.0.0", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "192.0.2.1"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1"),
    # Addresses of IPv4 that one of IPv6 carries.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::1", "::127.0.0.1", "2001:0:0:0:0:0:f5ff:fffe"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_refused(address):
    assert not addresses.may_be_reached(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_a_public_one_is_taken(address):
    assert addresses.may_be_reached(ipaddress.ip_address(address))


def test_a_network_that_the_operator_named_is_taken_and_no_other(settings):
    settings.NOTIFY_PRIVATE_NETWORKS = ["10.1.0.0/16"]
    assert addresses.may_be_reached(ipaddress.ip_address("10.1.2.3"))
    assert not addresses.may_be_reached(ipaddress.ip_address("10.2.2.3"))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.hn/x", "not_https"),
        ("https://evil.example/x", "host_not_allowed"),
        ("https://hooks.example.hn.evil.example/", "host_not_allowed"),
        ("https://evil.example#hooks.example.hn", "host_not_allowed"),
        ("https://hooks.example.hn@evil.example/", "bad_url"),
        ("https://user:password@hooks.example.hn/", "bad_url"),
        ("ftp://hooks.example.hn/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("https://hooks.example.hn:99999/", "bad_url"),
        ("https://hooks.example.hn/ HTTP/1.1\r\nX: y", "bad_url"),
        ("https:///path", "bad_url"),
        ("", "bad_url"),
        ("https://[::1", "bad_url"),
        ("https://\ud800.example/", "bad_url"),
    ],
)
def test_a_url_that_may_not_be_used_is_refused_with_its_reason(settings, url, code):
    settings.NOTIFY_ALLOWED_HOSTS = ["hooks.example.hn"]
    with pytest.raises(Permanent) as refusal:
        addresses.permitted(url)
    assert refusal.value.code == code


def test_without_a_list_of_hosts_none_may_be_used(settings):
    settings.NOTIFY_ALLOWED_HOSTS = []
    with pytest.raises(Permanent, match="NOTIFY_ALLOWED_HOSTS"):
        addresses.permitted("https://hooks.example.hn/")


def test_the_list_may_hold_a_whole_domain_and_case_does_not_matter(settings):
    settings.NOTIFY_ALLOWED_HOSTS = [".example.hn"]
    assert addresses.permitted("https://Hooks.Example.HN./x?y=z").path == "/x?y=z"


def test_a_name_that_nobody_knows_may_be_known_later():
    with pytest.raises(Passing) as fault:
        addresses.lookup(addresses.read("https://nobody.invalid/"))
    assert fault.value.code == "unknown_host"


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    def both(*_args, **_kwargs):
        return [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Permanent) as refusal:
        addresses.resolved(addresses.read("https://hooks.example.hn/"))
    assert refusal.value.code == "private_address"


def test_a_delivery_to_a_private_address_reaches_nobody(settings, announced):
    settings.NOTIFY_ALLOWED_HOSTS = ["localhost"]
    settings.NOTIFY_ALLOW_HTTP = True
    with Receiver() as receiver:
        delivery = sender.deliver(announced(receiver.url()).pk)
        assert (delivery.state, delivery.error_code) == (State.DEAD, "private_address")
        assert receiver.got == []


def test_a_name_that_changes_its_address_in_between_does_not_get_the_connection(
    receiver, announced, monkeypatch
):
    """DNS rebinding: looked up once, and the connection goes to what was checked."""
    asked, real = [], socket.getaddrinfo

    def changing(host, *args, **kwargs):
        if host == "localhost":
            asked.append(host)
            return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *args, **kwargs)
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert sender.deliver(announced(receiver.url()).pk).state == State.DELIVERED
    assert (asked, receiver.got[0].headers["host"]) == (
        ["localhost"],
        f"localhost:{receiver.port}",
    )
