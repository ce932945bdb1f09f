"""The same application with Django's own cache.get_or_set instead of figures that one counts."""

from django.core.cache import caches
from django.utils import timezone

from benchmarks.dashboard_counted import application as application
from benchmarks.dashboard_counted import counted

from admintools.watch.kept import Kept  # isort: skip


class GetOrSet:
    """As Figures, for as long as the dashboard keeps them."""

    def get(self, key, count, *, since):
        seconds = (timezone.now() - since).total_seconds()
        return Kept(caches["default"].get_or_set(f"peer:{key}", count, seconds), timezone.now())


counted.figures = GetOrSet()
