"""Was the file cut off? The official one ends in a text, without a line break.

A cut anywhere else leaves a row with too few fields or an open quote. In the last column,
``partida`` (a row's text and those above it, joined by bars), a cut leaves a sound row, and the
import would remove every line behind it. So a file that ends there without a line break must not
end in the middle of a text that its own rows tell us whole.
"""

from collections.abc import Iterable
from pathlib import Path

from .reading import LEVEL_MARKS, NOT_AVAILABLE, broken

TAIL = 64 * 1024


def refuse_cut_off(path: Path, row: int, texts: Iterable[str]) -> None:
    """Raise WorkError(broken-file) when the file stops within one of these texts.

    ``row`` is the number of the last row, ``texts`` its own and those of its ancestors.
    """
    fragment = _fragment(path)
    if not fragment:
        return
    whole = [NOT_AVAILABLE.casefold(), *(" ".join(text.casefold().split()) for text in texts)]
    if fragment not in whole and any(text.startswith(fragment) for text in whole):
        raise broken(row, "it ends in the middle of a text")


def _fragment(path: Path) -> str:
    """What the file ends with, if that is the unquoted end of the column ``partida``."""
    with path.open("rb") as file:
        header = file.readline(TAIL)
        if not header.strip().lower().endswith(b"partida"):
            return ""
        file.seek(max(0, path.stat().st_size - TAIL))
        ending = file.read().decode("utf-8", errors="replace")
    if ending.endswith(("\n", "\r", '"')):
        return ""
    field = ending.rpartition("\n")[2].rpartition(",")[2]
    text = " ".join(field.rpartition(" | ")[2].split())
    return LEVEL_MARKS.sub("", text, count=1).casefold()
