"""Columns and lines over time, as plain figures for SVG attributes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT, MARGIN = 600.0, 120.0, 5.0
ROOM = HEIGHT - 2 * MARGIN

Levels = Sequence[float | None]


@dataclass(frozen=True)
class Column:
    """A column, and the part of it from its foot that is bad ("" for none)."""

    x: str
    width: str
    y: str
    height: str
    bad_y: str = ""
    bad_height: str = ""


@dataclass(frozen=True)
class Line:
    """``parts`` are the points of the polylines it consists of: it breaks where nothing is known.
    ``kind`` names its look."""

    kind: str
    parts: list[list[str]]

    @property
    def dots(self) -> list[str]:
        return [point for part in self.parts for point in part]


@dataclass(frozen=True)
class Picture:
    """``grid``: (y, label), from the top; ``spoken`` says it in words."""

    spoken: str
    grid: list[tuple[str, str]]
    columns: tuple[Column, ...] = ()
    lines: tuple[Line, ...] = ()


def columns(
    counts: Sequence[tuple[int, int]], said: Callable[[float], str], spoken: str
) -> Picture:
    """``counts``: (all, the bad among them) of each column."""
    top = _even(max(whole for whole, _bad in counts))
    drawn = (
        _column(place, whole, bad, len(counts), top) for place, (whole, bad) in enumerate(counts)
    )
    return Picture(spoken, _grid(top, said), columns=tuple(c for c in drawn if c))


def lines(named: Mapping[str, Levels], said: Callable[[float], str], spoken: str) -> Picture | None:
    """``named``: by look the levels, all of the same number. None where none of them is known."""
    known = [level for levels in named.values() for level in levels if level is not None]
    if not known:
        return None
    counted = all(isinstance(level, int) for level in known)
    top = _even(round(max(known))) if counted else max(known) or 1.0
    drawn = tuple(Line(kind, _parts(levels, top)) for kind, levels in named.items())
    return Picture(spoken, _grid(top, said), lines=drawn)


def _even(most: int) -> int:
    """So that half of it is a whole number too."""
    return max(2, most + most % 2)


def _column(place: int, whole: int, bad: int, of: int, top: float) -> Column | None:
    if not whole:
        return None
    step = WIDTH / of
    x, width = f"{(place + 0.15) * step:.1f}", f"{0.7 * step:.1f}"
    # One run among thousands must still be seen.
    height, bad_height = (max(2.0, ROOM * n / top) if n else 0.0 for n in (whole, bad))
    foot = HEIGHT - MARGIN
    column = Column(x, width, f"{foot - height:.1f}", f"{height:.1f}")
    if not bad:
        return column
    return Column(
        x, width, column.y, column.height, f"{foot - bad_height:.1f}", f"{bad_height:.1f}"
    )


def _parts(levels: Levels, top: float) -> list[list[str]]:
    step = WIDTH / len(levels)
    points = [
        (f"{(place + 0.5) * step:.1f},{_y(level, top)}" if level is not None else "")
        for place, level in enumerate(levels)
    ]
    return [[*part] for there, part in groupby(points, bool) if there]


def _grid(top: float, said: Callable[[float], str]) -> list[tuple[str, str]]:
    return [(_y(level, top), said(level)) for level in (top, top / 2, 0)]


def _y(level: float, top: float) -> str:
    return f"{HEIGHT - MARGIN - ROOM * level / top:.1f}"
