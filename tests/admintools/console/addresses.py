"""Every address of the site, read from the URLconf: an address added later is tried by itself."""

from collections import defaultdict
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, get_resolver, resolve
from django.urls.resolvers import RegexPattern, URLPattern, URLResolver

from admintools.console.sockets import websocket_urlpatterns


@dataclass(frozen=True)
class Address:
    """``parts``: literal texts and, between them, the converters to fill in."""

    name: str
    parts: tuple[Any, ...]

    def path(self, fill) -> str:
        """The path with ``fill(converter)`` in each hole."""
        return "/" + "".join(p if isinstance(p, str) else fill(p) for p in self.parts)


def all_addresses() -> list[Address]:
    """All, by name: Django's own pages and those of other packages, which are served as ours are;
    and the sockets', since anybody may knock there without asking for a socket."""
    sockets = (Address("socket", _parts(pattern.pattern)) for pattern in websocket_urlpatterns)
    found = [*_below(get_resolver(), (), ""), *sockets]
    return sorted(found, key=lambda address: (address.name, address.path(str)))


def console_addresses() -> list[Address]:
    """Those of the console itself."""
    return [address for address in all_addresses() if address.name.startswith("admin:console_")]


def _below(resolver: URLResolver, before: tuple[Any, ...], names: str) -> list[Address]:
    found: list[Address] = []
    for pattern in resolver.url_patterns:
        parts = (*before, *_parts(pattern.pattern))
        if isinstance(pattern, URLResolver):
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            found += _below(pattern, parts, names + namespace)
        elif isinstance(pattern, URLPattern):
            found.append(Address(names + (pattern.name or "unnamed"), parts))
    return found


def _parts(pattern: Any) -> tuple[Any, ...]:
    if isinstance(pattern, RegexPattern):
        # Only Django's admin has such: application labels, and what catches everything else.
        return (ANYTHING,)
    parts, rest = [], str(pattern)
    for name, converter in pattern.converters.items():
        start = rest.index("<")
        end = rest.index(">", start)
        parts += [rest[:start], (name, type(converter).__name__)]
        rest = rest[end + 1 :]
    return (*parts, rest)


ANYTHING = ("anything", "PathConverter")


class Fields(HTMLParser):
    """The fields of the forms and links of one page: {address's name: {field: {values}}}."""

    def __init__(self, path: str, source: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._path = self._action = path
        self._field = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = urljoin(self._path, names.get("action", ""))
        elif tag in ("input", "select", "textarea", "button") and names.get("name"):
            self._field = names["name"]
            self._note(self._action, self._field, names.get("value", ""))
        elif tag == "option":
            self._note(self._action, self._field, names.get("value", ""))
        elif tag == "a" and "?" in names.get("href", ""):
            link = urljoin(self._path, names["href"])
            for name, value in parse_qsl(urlsplit(link).query):
                self._note(link, name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = self._path

    def _note(self, address: str, field: str, value: str) -> None:
        try:
            name = resolve(urlsplit(address).path).view_name
        except Resolver404:
            return
        if field:
            self.found[name][field].add(value[:200])
