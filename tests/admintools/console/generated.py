"""Requests that nobody would write by hand, as hypothesis makes them."""

import json
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

# Stands for what the test has made: "@run" becomes the id of a run.
MADE = (
    "@run",
    "@ended",
    "@batch",
    "@staged",
    "@schedule",
    "@line",
    "@user",
    "@person",
    "@group",
    "@manifest",
    "@evaluation",
    "@asked",
    "@judgment",
    "@subscription",
    "@delivery",
    "@rule",
    "@alert",
)
NUMBERS = (
    "0", "-1", "1", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 30,
    "9" * 5000, "007", "١٢٣", "1e400", "NaN", "-Infinity", "1_000", " 1 ", "0x10", "1.5",
)  # fmt: skip
DATES = ("2026-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-45",
         "01/02/2026", "2026-01-01T25:00", "0000-00-00")  # fmt: skip
TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udcff", "\u202e\u200b\ufeff", "%", "%00",
    "<script>alert(1)</script>", "\"'><img src=x>", "=cmd|'/c calc'!A1", "%s%n{0}",
    "../../etc/passwd", "a" * 20_000,
    "\r\nSet-Cookie: a=b", "null", "true", "on", "[]", "{}", "*/*", "\U0001f4a9", "ñÑáü", "--", "'",
    "\\", "rebuild_index", "cleanup", "undo_import", "SUCCESS", "elasticsearch", "learning", "en",
    "DELETE", "eliminar",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(MADE), st.sampled_from(TEXTS), st.sampled_from(NUMBERS),
    st.sampled_from(DATES), st.text(max_size=30),
)  # fmt: skip
TYPES = st.sampled_from(
    (
        "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=B",
        "multipart/form-data", "multipart/form-data; boundary=" + "B" * 300, "text/plain", "",
        "application/json; charset=utf-16", "application/x-www-form-urlencoded; charset=nope",
        "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=\xff",
        "text/plain; charset=hex", "text/plain; charset=idna",
        "text/plain; charset*=utf-8''%00", "APPLICATION/JSON", ";;;", "\xe9\xff",
    )
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT",
           "PROPFIND", "get", "X" * 200)  # fmt: skip
ACCEPTS = ("application/json", "text/html", "*/*", "", "application/json;q=0", "text/html;q=x,,;",
           "a/b;" * 500, "\xff\xfe", "text/csv",
           "application/json;version*=utf-8''%00")  # fmt: skip
LANGUAGES = ("es-HN", "en", "xx-klingon", "*", "", "en;q=9,,;q", "es-" + "a" * 3000, "\xff\x00",
             ",".join(["en;q=0.1"] * 300))  # fmt: skip
ODD_HEADER = st.one_of(

        st.tuples(st.just("accept"), st.sampled_from(ACCEPTS)),
        st.tuples(st.just("accept-language"), st.sampled_from(LANGUAGES)),
        st.tuples(
            st.sampled_from(
                ("host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "referer",
                 "origin", "x-csrftoken", "x-requested-with", "if-none-match", "if-modified-since",
                 "range", "content-length", "content-encoding", "user-agent", "cookie")
            ),
            st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS)),
        ),
        st.tuples(
            st.just("cookie"),
            st.sampled_from(
                ("sessionid=\x00", "messages=junk", "django_language=../..",
                 "csrftoken=" + "x" * 9000,
                 "=;=;;", "a" * 9000, "sessionid", "django_language=" + "e" * 700)
            ),
        ),

)  # fmt: skip
# Most requests have none, since many an odd one is refused before a view is reached.
ODD_HEADERS = st.one_of(st.just([]), st.just([]), st.lists(ODD_HEADER, max_size=3))


class Generated(NamedTuple):
    """One request; texts may hold the marks of MADE."""

    method: str
    holes: tuple[str, ...]
    query: bytes
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    who: str
    forgery_checked: bool


def escaped(text: str) -> str:
    """As in an address: any text, lone surrogates and all, as percent-encoded bytes."""
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="@")


def fields(known: dict[str, list[str]]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Pairs for fields of these names, mostly with values that they know."""
    pairs = st.tuples(st.sampled_from((*known, *TEXTS)), VALUES)
    if known:
        sound = st.sampled_from(sorted(known)).flatmap(
            lambda key: st.tuples(st.just(key), st.one_of(st.sampled_from(known[key]), VALUES))
        )
        pairs = st.one_of(sound, sound, sound, pairs)
    return st.lists(pairs, max_size=5)


def form_body(pairs: list[tuple[str, str]]) -> bytes:
    return "&".join(f"{escaped(k)}={escaped(v)}" for k, v in pairs).encode()


def multipart_body(pairs: list[tuple[str, str]], junk: bytes) -> bytes:
    """Some fields, one of them a file, and a part that breaks the rules."""
    parts = []
    for place, (key, value) in enumerate(pairs):
        head = f'Content-Disposition: form-data; name="{key}"'
        if key == "file" or place == 1:
            head += f'; filename="{value[:300]}"\r\nContent-Type: text/csv'
        parts.append(f"--B\r\n{head}\r\n\r\n{value}\r\n".encode("utf-8", "surrogatepass"))
    return b"".join([*parts, b"--B\r\n", junk, b"\r\n--B--\r\n"])


def json_bodies(known: dict[str, list[str]]) -> st.SearchStrategy[bytes]:
    leaves = st.one_of(
        VALUES, st.none(), st.booleans(), st.integers(), st.floats(),
        st.just(10**400), st.just([["x"]]), st.just({"a": {"b": 1}}),
    )  # fmt: skip
    objects = st.dictionaries(st.sampled_from((*known, "", "\x00")), leaves, max_size=4)
    return st.one_of(
        objects.map(lambda value: json.dumps(value).encode()),
        leaves.map(lambda value: json.dumps(value).encode()),
        st.sampled_from((b"", b"{", b"[" * 50_000, b"\xff\xfe", b'{"a":1}{"b":2}', b"nul")),
    )


def bodies(known: dict[str, list[str]]) -> st.SearchStrategy[tuple[str, bytes]]:
    """(content type, body): mostly ones that go together."""
    forms = fields(known).map(form_body)
    junk = st.one_of(st.binary(max_size=40), st.just(b"Content-Disposition: form-data"))
    multipart = st.builds(multipart_body, fields(known), junk)
    return st.one_of(
        st.tuples(st.just("application/x-www-form-urlencoded"), forms),
        st.tuples(st.just("application/json"), json_bodies(known)),
        st.tuples(st.just("multipart/form-data; boundary=B"), multipart),
        st.tuples(TYPES, st.one_of(forms, json_bodies(known), multipart, st.binary(max_size=200))),
    )


HOLES = {
    "IntConverter": st.one_of(
        st.sampled_from(("@batch", "@staged", "@schedule", "@line", "@manifest")),
        st.sampled_from([number for number in NUMBERS if number.isascii() and number.isdigit()]),
    ),
    "SlugConverter": st.sampled_from(
        ("rebuild_index", "cleanup", "rollback_index", "import_catalog", "undo_import",
         "trial_count", "no-such", "-", "a" * 3000)
    ),
    "StringConverter": st.one_of(
        st.sampled_from(("@run", "@ended", "learning", "elasticsearch")),
        VALUES.map(lambda text: text.replace("/", "") or "x"),
    ),
    "PathConverter": st.one_of(
        st.sampled_from(("@line", "@batch", "@schedule", "@person", "@group", "1")), VALUES
    ),
}  # fmt: skip


def requests(
    address: Any, allowed: list[str], known: dict[str, list[str]]
) -> st.SearchStrategy[Generated]:
    """Requests for one address, by somebody who may do everything, by others, by nobody.

    ``allowed``: the methods it knows; ``known``: the fields it knows, with values.
    """
    kinds = [part[1] for part in address.parts if not isinstance(part, str)]
    holes = st.tuples(*[HOLES.get(kind, VALUES) for kind in kinds])
    sound = st.sampled_from(allowed)
    return st.builds(
        lambda method, holes, query, body, headers, who, forgery: Generated(
            method, holes, query, body[0], body[1], tuple(headers), who, forgery
        ),
        st.one_of(sound, sound, sound, st.sampled_from(METHODS)),
        holes,
        st.one_of(fields(known).map(form_body), st.binary(max_size=20)),
        bodies(known),
        ODD_HEADERS,
        st.sampled_from(("boss", "boss", "boss", "boss", "staff", "nobody")),
        st.sampled_from((False, False, False, True)),
    )
