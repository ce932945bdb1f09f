"""One Redis server as the page tells it: figures with what they mean."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from admintools.console.fact import Fact
from admintools.console.formatting import EN_DASH, ago, duration, number, size, whole_percent
from admintools.watch.redis import Memory, Reading, Saving, read
from admintools.watch.servers import Server

# From here on the alert SicargaBoxBrokerFull wakes somebody.
NEARLY_FULL = 0.9
USES = {
    "broker": gettext_lazy("queues: messages that wait for a worker"),
    "results": gettext_lazy("results: copies of what the rows of runs say"),
    "default": gettext_lazy("cache of pages"),
    "permissions": gettext_lazy("cache of permissions"),
    "api_responses": gettext_lazy("answers of the API, and how often each client asked"),
    "channels": gettext_lazy("live updates of pages, of which nothing is kept"),
}


@dataclass(frozen=True)
class Database:
    """``use``: what it is for, "" for one of somebody else's."""

    number: int
    use: Any
    keys: int


@dataclass(frozen=True)
class Panel:
    """``reading`` is None for a server that does not answer; the lists are then empty."""

    server: Server
    title: str
    reading: Reading | None
    facts: list[Fact]
    databases: list[Database]
    trouble: str = ""


def panel(server: Server) -> Panel:
    reading = read(server)
    title = f"Redis {server.name.upper()}"
    if reading is None:
        return Panel(server, title, None, [], [])
    return Panel(
        server=server,
        title=title,
        reading=reading,
        facts=[*_of_memory(reading.memory, server), *_of_traffic(reading), _saved(reading.saving)],
        databases=_databases(server, reading),
        trouble=_trouble(reading, server),
    )


def _of_memory(memory: Memory, server: Server) -> list[Fact]:
    full = memory.share > NEARLY_FULL and server.has_broker
    evicts = memory.evicts and server.has_broker
    if memory.limit:
        share = {"share": whole_percent(memory.share), "limit": size(memory.limit)}
        limit = _("%(share)s of %(limit)s") % share
    else:
        limit = _("without a limit")
    kept = _("full, it refuses writes") if not memory.evicts else _("full, it throws keys away")
    return [
        Fact(_("Memory used"), size(memory.used), limit, tone="err" if full else ""),
        Fact(_("Resident (RSS)"), size(memory.resident), _("as the system sees it")),
        Fact(_("Policy"), memory.policy, kept, code=True, tone="err" if evicts else ""),
    ]


def _of_traffic(reading: Reading) -> list[Fact]:
    blocked = ngettext("%(n)s waits for a message", "%(n)s wait for messages", reading.blocked)
    hits = _("nobody has asked yet") if reading.hits is None else _("of the keys asked for")
    return [
        Fact(_("Latency"), _milliseconds(reading.latency), _("of a ping")),
        Fact(_("Clients"), number(reading.clients), blocked % {"n": number(reading.blocked)}),
        Fact(_("Commands per second"), number(reading.per_second)),
        Fact(_("Hits"), EN_DASH if reading.hits is None else whole_percent(reading.hits), hits),
        Fact(_("Evicted keys"), number(reading.evicted), _("thrown away for want of memory")),
        Fact(_("Expired keys"), number(reading.expired), _("at the end of their time")),
        Fact(_("Up for"), duration(int(reading.up_for)), reading.version),
    ]


def _saved(saving: Saving) -> Fact:
    kept = _("each write is kept, too") if saving.append_only else _("without an append-only file")
    faults = {
        "snapshot": _("the last snapshot failed"),
        "append_only": _("the append-only file cannot be written"),
    }
    if saving.faults:
        kept = ", ".join(faults[name] for name in saving.faults)
    return Fact(
        label=_("Last save"),
        value=ago(saving.saved_at) or EN_DASH,
        hint=kept,
        tone="err" if saving.faults else "",
    )


def _databases(server: Server, reading: Reading) -> list[Database]:
    numbers = sorted({*server.uses, *reading.keys})
    return [
        Database(n, USES.get(use, use), reading.keys.get(n, 0))
        for n in numbers
        for use in [server.uses.get(n, "")]
    ]


def _trouble(reading: Reading, server: Server) -> str:
    """What to do, where the queues are in danger."""
    if not server.has_broker:
        return ""
    if reading.memory.evicts:
        return _(
            "Redis may throw queued runs away: set maxmemory-policy noeviction, and give the cache "
            "a server of its own."
        )
    if reading.memory.share > NEARLY_FULL:
        return _("Redis is full, or soon will be: give it more memory, or throw its results away.")
    return ""


def _milliseconds(value: float) -> str:
    return f"{number(value, 2 if value < 10 else 0)}\N{NO-BREAK SPACE}ms"
