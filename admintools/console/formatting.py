"""Figures and times as this product prints them: 7,494 · 2.4 % · 2 min 29 s · today, 06:00."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NBSP = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
MINUTE, HOUR, DAY = 60, 3600, 86400


def number(value: float | None, decimals: int = 0) -> str:
    """7,494 — grouped even where the locale groups only five digits and more."""
    if value is None:
        return ""
    # Django cuts decimals off instead of rounding them.
    rounded = round(value, decimals) if decimals else round(value)
    return formats.number_format(rounded, decimal_pos=decimals, force_grouping=True)


def about(value: float) -> int:
    """An estimate with two figures that mean something: 5,627,994 as 5,600,000."""
    whole = round(value)
    return round(whole, min(0, 2 - len(str(abs(whole)))))


def ordinal(value: int) -> str:
    """2.º, in English 2nd."""
    if get_language() != "en":
        return f"{number(value)}.º"
    teens = value % 100 in (11, 12, 13)
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{number(value)}{ending}"


def percent(value: int) -> str:
    return f"{value}{NBSP}%"


def dollars(amount: float) -> str:
    """US$ 4.10; below one cent as many decimals as it takes to see it."""
    small = 0 < amount < 0.01
    return f"US${NBSP}{number(amount, 4 if small else 2)}"


def dollar_range(low: float, high: float) -> str:
    """US$ 4.10–5.30."""
    first, last = dollars(low), dollars(high)
    return last if first == last else f"{first}{EN_DASH}{last.rpartition(NBSP)[2]}"


def whole_percent(share: float) -> str:
    """0.915 as 91 %: cut off, so that 100 % is all of them."""
    return percent(int(share * 100 + 1e-9))


def tenth_percent(share: float) -> str:
    """0.024 as 2.4 %, for what is rare."""
    return f"{number(share * 100, 1)}{NBSP}%"


def milliseconds(value: float) -> str:
    return f"{number(value)}{NBSP}ms"


def hundredths(value: float) -> str:
    """0.83"""
    return number(value, 2)


def engine(name: str) -> str:
    """A search engine as a person calls it."""
    return {"elasticsearch": "Elasticsearch", "tantivy": _("built-in tantivy")}.get(name, name)


def size(count: float) -> str:
    """Bytes: 512 B · 1.4 KB · 12 MB, by 1,024 as Redis counts them."""
    units = ["B", "KB", "MB", "GB"]
    while count >= 1024 and len(units) > 1:
        count /= 1024
        units.pop(0)
    decimals = 1 if count < 10 and units[0] != "B" else 0
    return f"{number(count, decimals)}{NBSP}{units[0]}"


def duration(seconds: float | None) -> str:
    """1.4 s · 48 s · 2 min 29 s · 1 h 5 min · 1 d 7 h. The symbols are the same in Spanish.

    A whole number is printed whole: 3 gives 3 s, 3.0 gives 3.0 s.
    """
    if seconds is None:
        return ""
    seconds = max(0, seconds)
    if isinstance(seconds, float) and seconds < 0.05:
        return f"< 0.1{NBSP}s"
    if isinstance(seconds, float) and seconds < 9.95:
        return f"{number(seconds, 1)}{NBSP}s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole}{NBSP}s"
    for unit, name, below, below_name in (
        (DAY, "d", HOUR, "h"),
        (HOUR, "h", MINUTE, "min"),
        (MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // below
            head = f"{whole // unit}{NBSP}{name}"
            return f"{head} {rest}{NBSP}{below_name}" if rest else head
    raise AssertionError("unreachable: whole >= MINUTE")


def duration_range(low: float, high: float) -> str:
    """20–35 s, or 1 min 10 s–2 min, with the unit said once where it is the same."""
    first, last = duration(low), duration(high)
    if first == last:
        return last
    head, _sep, unit = first.rpartition(NBSP)
    if NBSP not in head and last.endswith(f"{NBSP}{unit}") and last.count(NBSP) == 1:
        first = head
    return f"{first}{EN_DASH}{last}"


def moment(value: str | datetime | None) -> datetime | None:
    """An aware datetime from the ISO text that a snapshot carries."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def clock(value: str | datetime | None, seconds: bool = True) -> str:
    """10:38:34 today; the day in front where it was another day."""
    at = moment(value)
    if at is None:
        return ""
    local = timezone.localtime(at)
    return _dated(local, f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}")


def _dated(local: datetime, time_text: str) -> str:
    today = timezone.localdate()
    day = local.date()
    if day == today:
        return time_text
    return f"{_day(day, day.year != today.year, get_language())}, {time_text}"


@lru_cache(maxsize=2_000)
def _day(day: date, with_year: bool, _language: str | None) -> str:
    """Kept: a list of runs asks for the same few days a hundred times."""
    return formats.date_format(day, "j M Y" if with_year else "j M").lower()


def when(value: str | datetime | None) -> str:
    """today, 06:00 · yesterday, 16:22 · tomorrow, 03:00 · 18 nov, 11:47."""
    at = moment(value)
    if at is None:
        return ""
    local, today = timezone.localtime(at), timezone.localdate()
    time_text = f"{local:%H:%M}"
    if local.date() == today:
        return _("today, %(time)s") % {"time": time_text}
    if local.date() == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": time_text}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow, %(time)s") % {"time": time_text}
    return _dated(local, time_text)


def ago(value: str | datetime | None, now: datetime | None = None) -> str:
    """3 s ago · 12 min ago · 1 d 7 h ago: nobody needs the seconds of minutes ago."""
    at = moment(value)
    if at is None:
        return ""
    passed = int(max(0.0, ((now or timezone.now()) - at).total_seconds()))
    if passed < 2:
        return _("just now")
    if passed >= MINUTE:
        passed -= passed % MINUTE
    return _("%(duration)s ago") % {"duration": duration(passed)}
