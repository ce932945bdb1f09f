"""Do we live, and are we ready? For load balancers, monitoring and the console's own details."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from admintools.jobs import queues
from admintools.watch.facts import SILENT_AFTER, broker_takes
from micasillero.search.status import index_status

FRESH_FOR = 2.0


@dataclass(frozen=True)
class Check:
    """One thing that must be there. ``detail`` names the fault without addresses or secrets.

    What is ``degraded`` is there and does only a part of its work.
    """

    ok: bool
    detail: str = ""
    milliseconds: float | None = None
    degraded: bool = False


def _remembered(check: Callable[[], Check]) -> Callable[[], Check]:
    """Keep an answer for two seconds: many may ask, and a server that hangs is slow to tell."""
    kept: list[tuple[float, Check]] = []

    @functools.wraps(check)
    def ask() -> Check:
        if not kept or time.monotonic() - kept[0][0] > FRESH_FOR:
            answer = check()
            kept[:] = [(time.monotonic(), answer)]
        return kept[0][1]

    return ask


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check(False, _("The database does not answer."))
    return Check(True)


@_remembered
def migrations() -> Check:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, MigrationSchemaMissing):
        return Check(False, _("The database does not answer."))
    if missing:
        return Check(False, _("Migrations are missing: run manage.py migrate."))
    return Check(True)


@_remembered
def broker() -> Check:
    start = time.perf_counter()
    try:
        takes = broker_takes()
    except (redis.RedisError, OSError):
        return Check(False, _("The broker does not answer."))
    milliseconds = (time.perf_counter() - start) * 1000
    if not takes:
        full = _("The broker takes nothing more: its memory or its disk is full.")
        return Check(True, full, milliseconds, degraded=True)
    return Check(True, milliseconds=milliseconds)


@_remembered
def dispatcher() -> Check:
    """Not among the checks: a page is served as well without it."""
    beat = queues.dispatcher_beat()
    return Check(bool(beat and timezone.now() - beat <= SILENT_AFTER["dispatch"]))


@_remembered
def search_index() -> Check:
    status = index_status()
    if not status.reachable:
        return Check(False, _("The search engine does not answer."))
    if not status.index:
        return Check(False, _("There is no search index yet: rebuild it."))
    return Check(True)


CHECKS: dict[str, Callable[[], Check]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "search_index": search_index,
}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when everything is there; else 503, with what is not under ``not_ready``.

    What is there and does only a part of its work stands under ``degraded``, and is no reason to
    send nobody here: no other instance would do better.
    """
    found = {name: check() for name, check in CHECKS.items()}
    missing = [name for name, check in found.items() if not check.ok]
    degraded = [name for name, check in found.items() if check.degraded]
    return JsonResponse(
        {
            "status": "not_ready" if missing else "degraded" if degraded else "ready",
            "not_ready": missing,
            "degraded": degraded,
            "checks": {n: {"ok": c.ok, "detail": c.detail} for n, c in found.items()},
        },
        status=503 if missing else 200,
    )
