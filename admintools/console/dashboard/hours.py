"""A day's events by the hour, as bars for SVG attributes and a sentence for the reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import EN_DASH, number

STEP, WIDTH, HEIGHT = 20, 14, 120.0


@dataclass(frozen=True)
class HourBar:
    """``y`` and ``height`` of the searches, ``over_y`` and ``over_height`` of the other events
    above them; ``title`` says the hour and its figures."""

    x: int
    y: str
    height: str
    over_y: str
    over_height: str
    title: str


@dataclass(frozen=True)
class Hours:
    """``most``: the events of the busiest hour, to which the picture reaches."""

    bars: list[HourBar]
    most: str
    spoken: str


def hours(counts: Sequence[Sequence[int]]) -> Hours | None:
    """Of [searches, other events] for each hour; None for a day without events."""
    most = max(map(sum, counts))
    if not most:
        return None
    busiest = next(hour for hour, pair in enumerate(counts) if sum(pair) == most)
    spoken = ngettext(
        "Events by the hour. The busiest is %(hours)s: %(n)s event.",
        "Events by the hour. The busiest is %(hours)s: %(n)s events.",
        most,
    )
    bars = [_bar(hour, searches, others, most) for hour, (searches, others) in enumerate(counts)]
    return Hours(bars, number(most), spoken % {"hours": _name(busiest), "n": number(most)})


def _bar(hour: int, searches: int, others: int, most: int) -> HourBar:
    below, above = (HEIGHT * count / most for count in (searches, others))
    title = _("%(hours)s: %(searches)s searches, %(others)s other events") % {
        "hours": _name(hour),
        "searches": number(searches),
        "others": number(others),
    }
    return HourBar(
        x=hour * STEP + (STEP - WIDTH) // 2,
        y=f"{HEIGHT - below:.1f}",
        height=f"{below:.1f}",
        over_y=f"{HEIGHT - below - above:.1f}",
        over_height=f"{above:.1f}",
        title=title,
    )


def _name(hour: int) -> str:
    return f"{hour:02}:00{EN_DASH}{hour + 1:02}:00"
