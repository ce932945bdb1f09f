"""What a run of keyword generation would do, for a person who is about to launch it."""

from dataclasses import dataclass

from micasillero.keywords.models import Keyword

from .scope import Scope


@dataclass(frozen=True)
class GenerationImpact:
    """``lines`` in scope, of which ``lines_with`` have an approved keyword."""

    lines: int
    lines_with: int


def generation_impact(scope: Scope) -> GenerationImpact:
    lines = scope.lines()
    told = Keyword.objects.approved().filter(partida_id__in=lines.order_by().values("pk"))
    return GenerationImpact(lines.count(), told.order_by().values("partida_id").distinct().count())
