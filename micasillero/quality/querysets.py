"""Which rows: the filters of judged queries, of evaluations and of what people asked."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    # mypy reads them in the strings below.
    from .models import AskedQuery, QueryJudgment, SearchEvaluation  # noqa: F401


class JudgmentQuerySet(models.QuerySet["QueryJudgment"]):
    """Judged queries."""

    def asked(self) -> "JudgmentQuerySet":
        """Those that evaluations ask, in a fixed order."""
        return self.filter(active=True).order_by("name")

    def unedited(self) -> "JudgmentQuerySet":
        """Those that no person has touched: a newer edition of the product may mend them."""
        return self.filter(edited_at=None)


class EvaluationQuerySet(models.QuerySet["SearchEvaluation"]):
    """Kept evaluations."""

    def of_engine(self, engine: str) -> "EvaluationQuerySet":
        """Those that asked this engine, newest first."""
        return self.filter(engine=engine).order_by("-at", "-pk")


class AskedQuerySet(models.QuerySet["AskedQuery"]):
    """Queries that people asked."""

    def unanswered(self) -> "AskedQuerySet":
        """Those that found nothing at least once and wait for a person, the most wanted first."""
        return self.filter(without__gt=0, state="")

    def missed_since(self, when: datetime) -> "AskedQuerySet":
        """Those of them that found nothing since then, the newest first."""
        return self.filter(state="", missed_at__gte=when).order_by("-missed_at")

    def not_asked_since(self, when: datetime) -> "AskedQuerySet":
        """Those that nobody asked again after then."""
        return self.filter(last_at__lt=when)
