"""Named sets of the lines of a manifest."""

from datetime import datetime

from django.db import models


class ManifestQuerySet(models.QuerySet):
    """Filters of manifests."""

    def made_before(self, when: datetime) -> "ManifestQuerySet":
        return self.filter(created_at__lt=when)


class ManifestLineQuerySet(models.QuerySet):
    """Filters of the lines of one or several manifests."""

    def pending(self) -> "ManifestLineQuerySet":
        """Those that the search was not asked for yet."""
        return self.filter(state="pending")

    def plain(self) -> "ManifestLineQuerySet":
        """Those nobody has confirmed whose first hit matches exactly: what a person may accept
        without looking at each, where it may be carried freely (see confirming.first_hits)."""
        return self.filter(state="found", relaxed=False)

    def made_before(self, when: datetime) -> "ManifestLineQuerySet":
        """Those of the manifests made before then."""
        return self.filter(manifest__created_at__lt=when)

    def in_order(self) -> "ManifestLineQuerySet":
        return self.order_by("position")
