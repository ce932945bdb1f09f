"""The keywords of a run that a person reads before deciding about all of them."""

import random

from micasillero.keywords.models import Keyword

# As many as a person reads before deciding on thousands.
SIZE = 50


def draw(run_id: str) -> list[int]:
    """The ids of up to SIZE of the run's keywords, the same in every draw while they are the same.

    Drawn from all that were stored, whatever the filters said of them: whoever reads only what
    passed cannot tell whether the filters are right.
    """
    ids = list(Keyword.objects.of_run(run_id).order_by("pk").values_list("pk", flat=True))
    chance = random.Random(run_id)  # noqa: S311 - a sample, not a secret
    return sorted(chance.sample(ids, min(SIZE, len(ids))))
