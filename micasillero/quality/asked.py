"""Counting what people ask. A search never fails because it could not be counted."""

import logging

from django.db import Error, transaction
from django.db.models import F
from django.utils import timezone

from micasillero.analysis import fold, words

from .models import LONGEST_ASKED, AskedQuery

logger = logging.getLogger(__name__)


def folded(query: str) -> str:
    """What makes two queries the same: its words in small letters, without accents."""
    return " ".join(words(fold(query)))[:LONGEST_ASKED]


def note(query: str, hits: int) -> None:
    """Count a query that was asked in earnest (not each letter of one being typed)."""
    key = folded(query)
    if not key:
        return
    try:
        with transaction.atomic():
            _count(key, query.strip()[:LONGEST_ASKED], not hits)
    except Error:
        logger.warning("A query could not be counted.", exc_info=True)


def _count(key: str, text: str, without: bool) -> None:
    now = timezone.now()
    row, _new = AskedQuery.objects.get_or_create(
        folded=key, defaults={"text": text, "first_at": now, "last_at": now}
    )
    missed = {"without": F("without") + 1, "missed_at": now} if without else {}
    AskedQuery.objects.filter(pk=row.pk).update(
        text=text, last_at=now, times=F("times") + 1, **missed
    )
