"""Several lines asked at the same time, each thread on a connection of its own."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.accounts import Account
from micasillero.generation.models import GenerationRun, RunState
from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.keywords.models import Keyword
from micasillero.work import SilentWork, WorkError
from tests.support.ai_server import Reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def lines(settings):
    settings.AI_CONCURRENCY = 4
    for number in range(12):
        PartidaArancelaria.objects.create(
            item_no=f"9503.00.{number:02}.00", descripcion=f"Bienes {number}", is_leaf=True
        )


class Kept(SilentWork):
    def __init__(self):
        self.kept = []

    def keep(self, done):
        self.kept.append(done)


def test_several_are_asked_at_once_and_stored_in_their_order(ai_server):
    ai_server.delay = 0.05
    work = Kept()
    told = generate(work, scope=Scope(), provider="openai", run_id="r1")
    assert 2 <= ai_server.most_at_once <= 4
    assert work.kept == list(range(1, 13))
    assert (told["items"], told["added"], told["calls"]) == (12, 24, 12)
    assert set(ai_server.asked_for().values()) == {1}
    assert Keyword.objects.count() == 24


def test_the_cap_holds_with_several_open_calls(ai_server):
    """What the open ones leave over is waited for before the run ends at its cap."""
    ai_server.usual = lambda asked: Reply(
        data={"es": [f"bien {asked.code[8:10]}"], "en": []}, input_tokens=3_000
    )
    with pytest.raises(WorkError) as stopped:
        generate(SilentWork(), scope=Scope(), provider="openai", run_id="r1", max_cost=0.003)
    assert stopped.value.code == "run_cap"
    row = GenerationRun.objects.get()
    assert 0.001 * 1e6 < row.cost_micros <= 0.003 * 1e6
    assert row.state == RunState.WAITING
    assert set(ai_server.asked_for().values()) == {1}


def test_a_fault_ends_all_of_them_and_keeps_what_was_paid(ai_server):
    ai_server.script += [Reply(data={"es": ["uno"], "en": []})] * 3 + [Reply(status=401)] * 9
    with pytest.raises(WorkError) as stopped:
        generate(SilentWork(), scope=Scope(), provider="openai", run_id="r1")
    assert stopped.value.code == "provider_key"
    assert len(ai_server.requests) < 12
    paid = Account.objects.get(name="run:r1")
    assert paid.micros == 3 * 150
    ai_server.script.clear()
    again = generate(SilentWork(), scope=Scope(), provider="openai", run_id="r2")
    assert (again["items"], again["reused"]) == (12, 3)
