from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "micasillero.compliance"
    label = "micasillero_compliance"
    verbose_name = _("Rules and alerts")

    def ready(self) -> None:
        post_migrate.connect(_load, sender=self, dispatch_uid="micasillero_compliance.shipped")


def _load(using: str, **_kwargs: Any) -> None:
    """After `migrate`: bring the shipped rules, once their table is there."""
    from . import shipped

    if shipped.installed(using):
        shipped.load(using)
