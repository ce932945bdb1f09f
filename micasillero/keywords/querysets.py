"""Named sets of keywords, and the writes that tell the search index what changed."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from micasillero.catalog.changes import mark_ids


class KeywordQuerySet(models.QuerySet):
    """Filters of keywords. ``update`` and ``delete`` mark their lines as changed, in the same
    transaction, so that `sync_index` carries them into the index."""

    def approved(self) -> "KeywordQuerySet":
        """Those that are searched."""
        return self.filter(status="approved")

    def of_run(self, run_id: str) -> "KeywordQuerySet":
        """Those that a run wrote."""
        return self.filter(run_id=run_id)

    def undecided(self) -> "KeywordQuerySet":
        """Those of a run that no person decided singly: what its decision as a whole reaches."""
        return self.filter(decided_at=None)

    def awaiting(self) -> "KeywordQuerySet":
        """Those that a person may decide now: pending, or snoozed so long ago that they return."""
        returned = timezone.now() - timedelta(days=settings.REVIEW_SNOOZE_DAYS)
        return self.filter(
            models.Q(status="pending") | models.Q(status="snoozed", decided_at__lte=returned)
        )

    def to_review(self) -> "KeywordQuerySet":
        """The awaiting ones that are decided one by one: what a model suggested and passed the
        filters goes live with its run, or not at all. What is learned may go either way."""
        return self.awaiting().exclude(verdict="passed", source="ai")

    def last_decision_of(self, person: Any) -> "KeywordQuerySet":
        """What this person decided at one stroke, last, and may take back."""
        own = self.filter(decided_by=person).exclude(previous_status="")
        return own.filter(decided_at=own.aggregate(last=models.Max("decided_at"))["last"])

    def update(self, **values: Any) -> int:
        """As Django's."""
        with transaction.atomic(using=self.db):
            mark_ids(self.order_by().values_list("partida_id", flat=True).distinct(), self.db)
            return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's."""
        with transaction.atomic(using=self.db):
            mark_ids(self.order_by().values_list("partida_id", flat=True).distinct(), self.db)
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]
