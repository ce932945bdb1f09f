"""What the open alerts pages are told: that alerts came, or that somebody handled some.

A hint that may be lost (see jobs.hints): the rows have it already, and a page asks again.
"""

from collections.abc import Sequence

from admintools.jobs import hints
from micasillero.compliance.models import Alert

ALERTS = "alerts"


def tell_new(alerts: Sequence[Alert]) -> None:
    """One message, however many they are: how many, and the rule and severity of the worst.

    What people wrote stays in the database. ``alerts`` must not be empty.
    """
    worst = max(alerts, key=lambda alert: alert.severity)
    event = {
        "type": "alerts.new",
        "count": len(alerts),
        "severity": worst.severity,
        "rule": worst.rule.name,
    }
    hints.send((ALERTS,), event)


def tell_handled() -> None:
    """Somebody acknowledged, closed or reopened some: the pages of the others are out of date."""
    hints.send((ALERTS,), {"type": "alerts.handled"})
