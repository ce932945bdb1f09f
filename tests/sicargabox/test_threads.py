"""Django's end of HTTP: the threads that requests run on."""

import asyncio
import threading
import time

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse
from django.urls import path

from sicargabox import threads
from sicargabox.threads import ThreadedHandler

crossed = []


def where(request):
    time.sleep(float(request.GET.get("for", 0)))
    return HttpResponse(f"{threading.get_ident()} {crossed[-1]}")


class Notes:
    """A middleware that says where it runs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        crossed.append(threading.get_ident())
        return self.get_response(request)


urlpatterns = [path("where/", where)]


@pytest.fixture
def handler(settings):
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = [f"{__name__}.Notes", "django.middleware.common.CommonMiddleware"]
    return ThreadedHandler()


async def ask(handler, query=b""):
    """The view's thread and its middleware's."""
    scope = {
        "type": "http", "method": "GET", "path": "/where/", "query_string": query,
        "headers": [(b"host", b"localhost")],
    }  # fmt: skip
    asked = ApplicationCommunicator(handler, scope)
    await asked.send_input({"type": "http.request"})
    assert (await asked.receive_output(5))["status"] == 200
    view, middleware = (await asked.receive_output(5))["body"].decode().split()
    await asked.wait(5)
    await asyncio.sleep(0.02)  # the thread gives itself back
    return view, middleware


async def test_requests_one_after_the_other_share_a_thread(handler):
    views = {(await ask(handler))[0] for _ in range(5)}
    assert len(views) == 1
    assert str(threading.get_ident()) not in views


async def test_middleware_and_view_run_on_the_same_thread(handler):
    view, middleware = await ask(handler)
    assert view == middleware


async def test_no_request_waits_for_another_and_few_threads_stay(handler, monkeypatch):
    monkeypatch.setattr(threads, "KEPT", 2)
    began = time.monotonic()
    answers = await asyncio.gather(*(ask(handler, b"for=0.3") for _ in range(6)))
    assert time.monotonic() - began < 1.2
    assert len({view for view, _ in answers}) == 6
    assert len(handler._free) == 2


async def test_a_thread_whose_client_has_gone_is_not_given_away_while_it_works(handler):
    scope = {
        "type": "http", "method": "GET", "path": "/where/", "query_string": b"for=0.5",
        "headers": [(b"host", b"localhost")],
    }  # fmt: skip
    gone = ApplicationCommunicator(handler, scope)
    await gone.send_input({"type": "http.request"})
    await asyncio.sleep(0.1)
    await gone.send_input({"type": "http.disconnect"})
    began = time.monotonic()
    await ask(handler)
    assert time.monotonic() - began < 0.4
    await gone.wait(5)
