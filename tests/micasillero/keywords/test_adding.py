"""A person adds a word."""

import pytest
from django.contrib.auth import get_user_model

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.keywords.adding import add_by_hand
from micasillero.keywords.models import Keyword, Source, Status
from micasillero.work import WorkError

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return PartidaArancelaria.objects.create(
        item_no="6404.11.00.00", descripcion="Calzado", is_leaf=True
    )


@pytest.fixture
def ana():
    return get_user_model().objects.create_user("ana")


def test_the_word_is_searched_at_once_and_tells_who_added_it_and_why(line, ana):
    DirtyPartida.objects.all().delete()
    keyword = add_by_hand(line, "burros", "es", ana, query="burros nike")
    assert (keyword.source, keyword.status) == (Source.MANUAL, Status.APPROVED)
    assert (keyword.decided_by, keyword.evidence) == (ana, {"query": "burros nike"})
    assert DirtyPartida.objects.get().partida_id == line.pk


@pytest.mark.parametrize("status", Status.values)
def test_a_word_that_is_there_stays_as_it_was(line, ana, status):
    Keyword.objects.create(partida=line, text="burros", language="es", source="ai", status=status)
    with pytest.raises(WorkError) as caught:
        add_by_hand(line, "burros", "es", ana)
    assert caught.value.code == "keyword-there"
    assert Keyword.objects.get().status == status
