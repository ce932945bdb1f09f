"""A person adds the word that they missed."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from micasillero.catalog.models import PartidaArancelaria
from micasillero.work import WorkError

from .models import Keyword, Source, Status


def add_by_hand(
    partida: PartidaArancelaria, text: str, language: str, user: Any, query: str = ""
) -> Keyword:
    """The word of this line, approved at once; ``query`` is what was asked without finding it.

    Raises WorkError(keyword-there) when the line has it already, whatever its status: a person may
    have rejected it for good reason.
    """
    keyword, new = Keyword.objects.get_or_create(
        partida=partida,
        language=language,
        text=text,
        defaults={
            "source": Source.MANUAL,
            "status": Status.APPROVED,
            "evidence": {"query": query} if query else {},
            "decided_by": user,
            "decided_at": timezone.now(),
        },
    )
    if not new:
        raise WorkError(
            "keyword-there",
            _("This line has that word already; it is %(status)s."),
            status=Status(keyword.status).label,
        )
    return keyword
