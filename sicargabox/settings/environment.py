"""Strict reading of the environment: a value that is not understood is refused with its name.

django-environ does the parsing of URLs and lists; this class adds what it leaves out: a boolean
must be one of six words, a number must lie in its range, a choice must be one of its choices, and
a secret may stand in a file (``NAME_FILE``).
"""

import difflib
import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"true", "yes", "1"})
FALSE_WORDS = frozenset({"false", "no", "0"})

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9_.-]+(:\d{1,5})?")
HOST = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]")
# How alike an unknown name and one of ours must be for the former to be taken for a typo.
TYPO_LIKENESS = 0.88


class Environment:
    """Reads named values once and remembers which names exist."""

    def __init__(self, source: environ.Env | None = None) -> None:
        self._env = source or environ.Env()
        self.known: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        """The value as written, stripped; an empty value counts as unset."""
        self.known.add(name)
        return str(self._env.ENVIRON.get(name, "")).strip() or default

    def flag(self, name: str, default: bool) -> bool:
        """True or False. Raises ImproperlyConfigured for any other word."""
        word = self.text(name).lower()
        if not word:
            return default
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise ImproperlyConfigured(f"{name} is {word!r}: write True or False.")

    def integer(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number within [least, most]."""
        return int(self._number(name, default, least, most, whole=True))

    def seconds(self, name: str, default: float, *, least: float = 0.0, most: float = 1e9) -> float:
        """A length of time in seconds, fractions allowed."""
        return self._number(name, default, least, most, whole=False)

    def amount(self, name: str, default: float) -> float:
        """A sum of US dollars, cents allowed; 0 forbids spending."""
        return self._number(name, default, 0, 1e6, whole=False)

    def prices(self, name: str) -> dict[str, tuple[float, float]]:
        """Prices by model, written MODEL=IN/OUT with commas between them."""
        return dict(self._price(name, word) for word in self.words(name))

    def _price(self, name: str, word: str) -> tuple[str, tuple[float, float]]:
        # A model may be called "llama3:8b" or "org/model", so only what follows = is the price.
        model, separator, price = word.rpartition("=")
        asked, slash, answered = price.partition("/")
        try:
            found = float(asked), float(answered)
        except ValueError:
            found = (-1.0, -1.0)
        if not (model and separator and slash and all(0 <= amount <= 1e4 for amount in found)):
            raise ImproperlyConfigured(
                f"{name} holds {word!r}: write MODEL=IN/OUT in dollars per million tokens, such as "
                "some-model=0.10/0.50."
            )
        return model.strip(), found

    def share(self, name: str, default: float) -> float:
        """A part of the whole, from 0 to 1."""
        return self._number(name, default, 0.0, 1.0, whole=False)

    def factor(self, name: str, default: float) -> float:
        """How many times as much, from a tenth to a thousand."""
        return self._number(name, default, 0.1, 1e3, whole=False)

    def _number(
        self, name: str, default: float, least: float, most: float, *, whole: bool
    ) -> float:
        word = self.text(name)
        if not word:
            return default
        try:
            number = int(word) if whole else float(word)
        except ValueError:
            kind = "a whole number" if whole else "a number"
            raise ImproperlyConfigured(f"{name} is {word!r}: write {kind}.") from None
        if not least <= number <= most:
            raise ImproperlyConfigured(f"{name} is {word}: it must lie in {least:g} to {most:g}.")
        return number

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """One of the given words."""
        word = self.text(name, default)
        if word not in choices:
            raise ImproperlyConfigured(f"{name} is {word!r}: choose one of {', '.join(choices)}.")
        return word

    def words(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """A list written with commas."""
        return [w for w in (part.strip() for part in self.text(name).split(",")) if w] or list(
            default
        )

    def hosts(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """Host names written with commas: no scheme, no port, no path."""
        names = self.words(name, default)
        for host in names:
            if not HOST.fullmatch(host):
                raise ImproperlyConfigured(
                    f"{name} holds {host!r}: write a host name alone, without https:// or a port."
                )
        return names

    def origins(self, name: str) -> list[str]:
        """Origins as browsers write them, with commas: scheme, host, port; "*" for every one."""
        origins = self.words(name)
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ImproperlyConfigured(
                    f"{name} holds {origin!r}: write an origin such as https://www.example.hn, "
                    "without a path, or *."
                )
        return origins

    def networks(self, name: str) -> list[str]:
        """IP addresses and networks written with commas, each as a network ("10.0.0.2/32")."""
        return [self._network(name, word) for word in self.words(name)]

    def _network(self, name: str, word: str) -> str:
        try:
            network = ipaddress.ip_network(word)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {word!r}: write an IP address or a network such as 10.0.0.0/24."
            ) from None
        if not network.prefixlen:
            raise ImproperlyConfigured(f"{name} holds {word}, which is everybody.")
        return str(network)

    def slug(self, name: str, default: str) -> str:
        """Lower-case letters, digits, - and _, beginning with a letter or digit."""
        word = self.text(name, default)
        if not SLUG.fullmatch(word):
            raise ImproperlyConfigured(
                f"{name} is {word!r}: use lower-case letters, digits, - and _ only."
            )
        return word

    def template(self, name: str, places: Sequence[str]) -> str:
        """A text that str.format fills at these places, each written {PLACE}; "" when unset."""
        value = self.text(name)
        try:
            value.format(**dict.fromkeys(places, name))
        except (LookupError, AttributeError, ValueError):
            known = " and ".join(f"{{{place}}}" for place in places)
            raise ImproperlyConfigured(
                f"{name} is {value!r}: in braces it may hold {known} only."
            ) from None
        return value

    def existing_file(self, name: str) -> str:
        """The path of a file that can be read, or "" when unset."""
        path = self.text(name)
        if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
            raise ImproperlyConfigured(f"{name} is {path!r}: no such file, or it cannot be read.")
        return path

    def url(self, name: str, default: str, schemes: Sequence[str]) -> str:
        """A URL with one of the given schemes."""
        value = self.text(name, default)
        scheme, separator, rest = value.partition("://")
        # The value itself may hold a password: name it, never print it.
        if value and not (separator and rest and scheme in schemes):
            raise ImproperlyConfigured(
                f"{name} is not a URL that starts with {' or '.join(s + '://' for s in schemes)}."
            )
        try:
            port = urlsplit(value).port
        except ValueError:
            port = 0
        if port == 0:
            raise ImproperlyConfigured(f"{name}: its port is not a number from 1 to 65535.")
        return value

    def server(self, name: str, default: str, schemes: Sequence[str]) -> str:
        """The URL of a whole server: which databases of it are used is fixed elsewhere."""
        value = self.url(name, default, schemes)
        parts = urlsplit(value)
        if value and not parts.hostname:
            raise ImproperlyConfigured(f"{name} names no host.")
        if parts.path not in ("", "/", "/0"):
            raise ImproperlyConfigured(
                f"{name} names a server: leave out {parts.path}. The databases 0 to 5 have fixed "
                "uses, and each has a variable of its own (CELERY_BROKER_URL, CACHE_URL ...)."
            )
        return value

    def secret(self, name: str) -> str:
        """A secret, from NAME or from the file that NAME_FILE points to."""
        path = self.text(f"{name}_FILE")
        if not path:
            return self.text(name)
        if self.text(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one.")
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise ImproperlyConfigured(f"{name}_FILE is not a text file in UTF-8.") from None
        if not secret:
            raise ImproperlyConfigured(f"{name}_FILE points to an empty file.")
        return secret

    def database(self, name: str, default_path: Path) -> dict:
        """Django's dict for DATABASES from a URL, or SQLite at a path when there is none.

        Schemes: postgres, postgresql, sqlite. The default is a path and no URL, since a directory
        may be called anything ("100%", "a#b").
        """
        value = self.url(name, "", ("postgres", "postgresql", "sqlite"))
        if not value:
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default_path)}
        try:
            config = dict(self._env.db_url_config(value))
        except (ValueError, environ.ImproperlyConfigured):
            raise ImproperlyConfigured(f"{name} is not a database URL.") from None
        if not config.get("NAME"):
            raise ImproperlyConfigured(f"{name} names no database: end it with /NAME.")
        return config

    def likely_typos(self) -> dict[str, str]:
        """Names in the environment that nothing reads, each with the name it was likely meant
        to be: a typo in LEASE_SECONDS must not silently mean the default."""
        found = {}
        for stranger in sorted(set(self._env.ENVIRON) - self.known):
            alike = difflib.get_close_matches(stranger, self.known, n=1, cutoff=TYPO_LIKENESS)
            if alike and alike[0] not in self._env.ENVIRON:
                found[stranger] = alike[0]
        return found


env = Environment()
