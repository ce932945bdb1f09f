"""Somebody who searches all the time while something happens to the index."""

import threading
from collections.abc import Callable
from typing import Any, Self

from micasillero.search.query import search


def codes(text: str, k: int = 10) -> list[str]:
    return [hit.code for hit in search(text, k).hits]


class Searcher(threading.Thread):
    """Searches 50 times a second while the block lasts. Leaving it fails unless each answer was
    right: by default, the same as the first."""

    def __init__(self, right: Callable[[Any], bool] | None = None) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self.first = codes("lámparas", 100)
        self.asked, self.wrong = 0, []
        self._right = right or (lambda found: found == self.first)

    def run(self) -> None:
        while not self._over.wait(0.02):
            try:
                found = codes("lámparas", 100)
            except Exception as error:
                found = repr(error)
            self.asked += 1
            if not self._right(found):
                self.wrong.append(found)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._over.set()
        self.join(20)
        if kind is None:
            assert self.wrong == []
            assert self.asked > 3


def whole(found: Any) -> bool:
    """An answer of either index: the fault may fall between the old one and the new one."""
    return isinstance(found, list) and len(found) > 70
