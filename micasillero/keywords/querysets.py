"""Named sets of keywords, and the writes that tell the search index what changed."""

from typing import Any

from django.db import models, transaction

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
