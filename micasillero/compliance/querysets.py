"""Named sets of rules and of alerts."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, Q


class RuleQuerySet(models.QuerySet):
    """Filters of rules. Its writes change the stamp of the set of rules, in the same transaction,
    so that every process takes the new ones."""

    def enabled(self) -> "RuleQuerySet":
        return self.filter(enabled=True)

    def update(self, **values: Any) -> int:
        """As Django's."""
        with transaction.atomic(using=self.db):
            restamp(self.db)
            return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """As Django's."""
        with transaction.atomic(using=self.db):
            restamp(self.db)
            return super().bulk_create(objs, *args, **options)

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's."""
        with transaction.atomic(using=self.db):
            restamp(self.db)
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


def restamp(using: str) -> None:
    """Tell every process that the rules are others now.

    A new random stamp, not a count: what a transaction counted and then took back could come again.
    """
    stamps = apps.get_model("micasillero_compliance", "RuleStamp")._default_manager.using(using)
    stamps.update_or_create(pk=1, defaults={"stamp": uuid.uuid4()})


class AlertQuerySet(models.QuerySet):
    """Filters of alerts."""

    def open(self) -> "AlertQuerySet":
        """Nobody has looked at them yet."""
        return self.filter(state="open")

    def in_state(self, state: str) -> "AlertQuerySet":
        return self.filter(state=state)

    def of_severity(self, severity: int) -> "AlertQuerySet":
        return self.filter(severity=severity)

    def between(self, start: Any, end: Any) -> "AlertQuerySet":
        """Those whose first event came from ``start`` on and before ``end``."""
        return self.filter(created_at__gte=start, created_at__lt=end)

    def closed_before(self, when: Any) -> "AlertQuerySet":
        """Done with, long ago."""
        return self.filter(Q(state="closed"), closed_at__lt=when)

    def by_severity(self) -> list[tuple[int, int, int]]:
        """(severity, how many, how many of them open), the worst first, of those that there are."""
        rows = self.order_by("-severity").values_list("severity")
        return list(rows.annotate(n=Count("id"), left=Count("id", filter=Q(state="open"))))

    def behind(self, severity: int, last_at: Any, pk: int) -> "AlertQuerySet":
        """What comes after that place, the worst first."""
        later = Q(last_at__lt=last_at) | Q(last_at=last_at, pk__lt=pk)
        # Said apart: the index begins with it.
        within = self.filter(severity__lte=severity)
        return within.filter(Q(severity__lt=severity) | later).worst_first()

    def worst_first(self) -> "AlertQuerySet":
        return self.order_by("-severity", "-last_at", "-pk")
