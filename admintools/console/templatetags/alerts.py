"""How alerts and rules look."""

from django import template

from micasillero.compliance.models import Severity

register = template.Library()

LOOKS = {
    Severity.CRITICAL: ("err", "err"),
    Severity.HIGH: ("warn", "warn"),
    Severity.MEDIUM: ("info", "info"),
    Severity.LOW: ("todo", ""),
}


@register.filter
def severity_look(severity: int) -> tuple[str, str]:
    """Icon and tone of its badge."""
    return LOOKS[Severity(severity)]
