"""How many alerts are open: for the top of their page, its socket, and the console's home."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import number
from micasillero.compliance.models import Alert, Severity


@dataclass(frozen=True)
class Level:
    """One severity, and how many alerts of it are open."""

    severity: Severity
    open: int


def levels() -> list[Level]:
    """The worst first; one query, from the index of the open ones."""
    found = Alert.objects.open().order_by().values("severity").annotate(n=Count("pk"))
    counted = {row["severity"]: row["n"] for row in found}
    return [Level(each, counted.get(each.value, 0)) for each in reversed(Severity)]


def told() -> str:
    """A sentence for the console's home; "" where none is open."""
    some = [level for level in levels() if level.open]
    if not some:
        return ""
    count = sum(level.open for level in some)
    sentence = ngettext("%(n)s alert is open,", "%(n)s alerts are open,", count)
    worst = _("%(n)s of severity “%(severity)s”.")
    return " ".join(
        (
            sentence % {"n": number(count)},
            worst % {"n": number(some[0].open), "severity": some[0].severity.label.lower()},
        )
    )
