"""What the alerts page says."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import clock, number
from micasillero.compliance.models import Alert, AlertState, Severity


def done(alerts: Sequence[Alert]) -> str:
    """Acknowledged: Firearms: pistola. 12 open."""
    what = str(alerts[0])
    if len(alerts) > 1:
        what = ngettext("%(n)s alert", "%(n)s alerts", len(alerts)) % {"n": number(len(alerts))}
    return _("%(state)s: %(what)s. %(left)s") % {
        "state": alerts[0].get_state_display(),
        "what": what,
        "left": left(Alert.objects.open().count()),
    }


def refused(alert: Alert) -> str:
    """Why nothing was done with it: it is no longer as the person saw it."""
    who, at = {
        AlertState.OPEN: (None, None),
        AlertState.ACKNOWLEDGED: (alert.acknowledged_by, alert.acknowledged_at),
        AlertState.CLOSED: (alert.closed_by, alert.closed_at),
    }[AlertState(alert.state)]
    if at is None:
        return _("Somebody has reopened it already.")
    facts = {"who": who or _("somebody"), "time": clock(at)}
    if alert.state == AlertState.ACKNOWLEDGED:
        return _("%(who)s had acknowledged it already, at %(time)s.") % facts
    return _("%(who)s had closed it already, at %(time)s.") % facts


def gone() -> str:
    return _("These alerts are no longer there: they were too old to be kept. Reload the page.")


def left(count: int) -> str:
    return ngettext("%(n)s open.", "%(n)s open.", count) % {"n": number(count)}


def news(count: int, severity: int, rule: str) -> str:
    """What a screen reader says of alerts that came: how many, and the worst of them."""
    facts = {"n": number(count), "severity": Severity(severity).label.lower(), "rule": rule}
    if count == 1:
        return _("New alert, severity %(severity)s: %(rule)s.") % facts
    return _("%(n)s new alerts, the worst of severity %(severity)s: %(rule)s.") % facts
