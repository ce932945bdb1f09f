"""Where the embedded engine keeps its indices: one directory each, and a symlink as the alias.

    VAR_DIR/search/<alias>/<index>/     tantivy's files, `index.json`, `building`, `.lock`
    VAR_DIR/search/<alias>/live         symlink to the live one; renaming it is the swap

Every step that others may see is a rename, so a process killed anywhere leaves no half of one.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import orjson
from django.utils.translation import gettext_noop as _

from micasillero.work import TryAgain, WorkError

from ..documents import LAYOUT
from .seam import PRODUCT, IndexFacts

LIVE = "live"
FACTS = "index.json"
BUILDING = "building"
LOCK = ".lock"
LOCK_SECONDS = 20.0
LOCK_POLL_SECONDS = 0.02


class Store:
    """The directories of one alias."""

    def __init__(self, root: Path, alias: str) -> None:
        self.alias = alias
        self.root = root / alias

    def path(self, index: str) -> Path:
        """The directory of an index."""
        return self.root / index

    def live(self) -> str | None:
        """The index that the alias points to."""
        try:
            return (self.root / LIVE).readlink().name
        except FileNotFoundError:
            return None

    @contextmanager
    def creating(self, index: str) -> Iterator[Path]:
        """A directory to fill, which becomes the index's when the block ends well."""
        self.root.mkdir(parents=True, exist_ok=True)
        if self.path(index).exists():
            raise WorkError("index_exists", _("There is an index %(index)s already."), index=index)
        scratch = self.root / f".new-{index}"
        scratch.mkdir()
        try:
            yield scratch
            facts = {
                "product": PRODUCT,
                "alias": self.alias,
                "layout": LAYOUT,
                "created_at": datetime.now(UTC).isoformat(),
            }
            (scratch / FACTS).write_bytes(orjson.dumps(facts))
            (scratch / BUILDING).touch()
            scratch.rename(self.path(index))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def indices(self) -> list[IndexFacts]:
        """What is here and ours, newest first. Directories without our mark are left out."""
        live, found = self.live(), []
        for path in self.root.iterdir() if self.root.is_dir() else ():
            if path.name.startswith(".") or path.is_symlink():
                continue
            with suppress(FileNotFoundError, NotADirectoryError, ValueError, KeyError):
                facts = orjson.loads((path / FACTS).read_bytes())
                if (facts["product"], facts["alias"]) != (PRODUCT, self.alias):
                    continue
                found.append(
                    IndexFacts(
                        name=path.name,
                        created_at=datetime.fromisoformat(facts["created_at"]),
                        live=path.name == live,
                        building=(path / BUILDING).exists(),
                        layout=int(facts.get("layout", 0)),
                    )
                )
        return sorted(found, key=lambda i: (i.created_at, i.name), reverse=True)

    def layout(self, index: str) -> int:
        """The layout of the documents that an index was made for; 0 where it has no mark."""
        with suppress(FileNotFoundError, NotADirectoryError, ValueError):
            return int(orjson.loads((self.path(index) / FACTS).read_bytes()).get("layout", 0))
        return 0

    def swap(self, index: str, expected: str | None) -> None:
        """Point the alias at ``index`` by one rename, if ``expected`` is what it points to."""
        with locked(self.root / ".swap"):
            if self.live() != expected or not (self.path(index) / FACTS).exists():
                raise WorkError(
                    "swap_refused",
                    _("Another run changed the index meanwhile. It stays as that run left it."),
                )
            # First the mark: killed here, the index counts as a retired one and not as litter.
            (self.path(index) / BUILDING).unlink(missing_ok=True)
            link = self.root / f".link-{secrets.token_hex(4)}"
            link.symlink_to(index)
            link.replace(self.root / LIVE)

    def delete(self, index: str) -> None:
        """Remove an index that is not live. Renamed first: a writer left over finds no path."""
        with locked(self.root / ".swap"):
            known = {i.name: i for i in self.indices()}
            if index not in known or known[index].live:
                return
            trash = self.root / f".trash-{secrets.token_hex(4)}"
            with suppress(FileNotFoundError):
                self.path(index).rename(trash)
        self._sweep()

    def _sweep(self) -> None:
        # A writer left over may add a file while its directory is being removed: the next sweep
        # takes what this one could not.
        for path in self.root.glob(".trash-*"):
            shutil.rmtree(path, ignore_errors=True)

    def sweep_scratch(self) -> None:
        """Remove what died between two steps. Only for the one run that may build."""
        for pattern in (".new-*", ".link-*"):
            for path in self.root.glob(pattern):
                if path.is_symlink():
                    path.unlink(missing_ok=True)
                else:
                    shutil.rmtree(path, ignore_errors=True)
        self._sweep()


@contextmanager
def locked(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold a lock file that the kernel frees when the holder dies. TryAgain after ``seconds``."""
    deadline = time.monotonic() + seconds
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileNotFoundError:
        raise index_gone(path.parent.name) from None
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TryAgain(_("Another process is writing to the index.")) from None
                time.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def index_gone(index: str) -> WorkError:
    """The fault of writing to or reading an index that was removed."""
    return WorkError(
        "index_gone",
        _("The index %(index)s is gone: another run removed it. Rebuild the index."),
        index=index,
    )
