"""Lines, and keywords as a run of a model leaves them."""

import pytest
from django.contrib.auth import get_user_model

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.models import GenerationRun
from micasillero.keywords.models import Keyword

from .model_runs import CODES

RUN = "run-1"


@pytest.fixture
def ana(db):
    return get_user_model().objects.create_user("ana")


@pytest.fixture
def shoe(db):
    return PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Calzado con suela de caucho", is_leaf=True
    )


@pytest.fixture
def written(shoe):
    """A run that waits: "tenis" and "burros" passed, "championes" is doubtful."""
    run = GenerationRun.objects.create(
        run_id=RUN, provider="p", model="m", prompt_version="1", state="waiting"
    )
    for text, verdict in (("tenis", "passed"), ("burros", "passed"), ("championes", "doubtful")):
        Keyword.objects.create(
            partida=shoe, text=text, language="es", source="ai", verdict=verdict, run_id=RUN
        )
    return run


@pytest.fixture
def states():
    def read():
        return dict(Keyword.objects.order_by("text").values_list("text", "status"))

    return read


@pytest.fixture
def one_at_a_time(settings):
    settings.AI_CONCURRENCY = 1


@pytest.fixture
def lines(db):
    return [
        PartidaArancelaria.objects.create(item_no=code, descripcion=f"Bienes {code}", is_leaf=True)
        for code in CODES
    ]
