"""What a run by a model would cost, told before anybody presses the button."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.accounts import PaidAnswer
from micasillero.generation.budget import Budget, month_left
from micasillero.generation.estimate import LEAST_MEASURED, model_impact
from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.work import SilentWork, WorkError
from tests.support.ai_server import Reply

pytestmark = pytest.mark.django_db
BOTH = ("es", "en")


@pytest.fixture(autouse=True)
def lines(ai_server, settings):
    settings.AI_CONCURRENCY = 1
    for number in range(12):
        chapter = "95" if number < LEAST_MEASURED else "64"
        PartidaArancelaria.objects.create(
            item_no=f"{chapter}03.00.{number:02}.00", descripcion=f"Bienes {number}", is_leaf=True
        )


def told(**options):
    return model_impact(Scope(), "anthropic", BOTH, **options)


def test_without_any_answer_the_texts_are_measured(ai_server):
    impact = told()
    assert (impact.lines, impact.reused, impact.asked, impact.measured) == (12, 0, 12, 0)
    assert 0 < impact.cost[0] < impact.cost[1]
    assert 12 * 500 < impact.tokens[0] < impact.tokens[1] < 12 * 4000
    assert ai_server.requests == []


def test_once_there_are_answers_their_average_counts():
    """Ten answers of 1,000 and 100 tokens each, and two lines left."""
    generate(SilentWork(), scope=Scope(chapter="95"), provider="anthropic", run_id="r1")
    impact = told()
    assert (impact.lines, impact.reused, impact.asked) == (12, 10, 2)
    assert impact.measured == 10
    assert impact.tokens == (2200, 2200)
    assert impact.cost == (300, 300)


def test_a_spread_of_the_answers_widens_the_range():
    generate(SilentWork(), scope=Scope(chapter="95"), provider="anthropic", run_id="r1")
    row = PaidAnswer.objects.first()
    row.cost_micros = 950
    row.save()
    low, high = told().cost
    # Mean 230; standard deviation 253; sqrt(2 + 4/10).
    assert (round(low), round(high)) == (0, 1244)


def test_answers_that_nobody_can_use_are_paid_already_and_measure_nothing(ai_server):
    ai_server.script += [Reply(data={}, output_tokens=4000)] * 2
    generate(SilentWork(), scope=Scope(chapter="95"), provider="anthropic", run_id="r1")
    impact = told()
    assert (impact.reused, impact.measured) == (10, 0)


def test_another_model_is_measured_by_itself(settings):
    generate(SilentWork(), scope=Scope(chapter="95"), provider="anthropic", run_id="r1")
    assert model_impact(Scope(), "openai", BOTH).measured == 0


def test_the_cap_says_for_how_many_lines_it_is_enough():
    impact = told(max_cost=0.001)
    assert impact.cap == 1000
    assert 0 < impact.enough_for < 12
    assert told().enough_for == 12


def test_what_the_month_has_left_is_a_cap_too(settings):
    settings.AI_MONTHLY_CAP_USD = 0.01
    Budget.of("other").reserve(4000)
    assert month_left() == 6000
    assert told().cap == 6000


def test_the_pace_is_a_lower_bound_of_the_time(settings):
    settings.AI_REQUESTS_PER_MINUTE = 6
    low, high = told().seconds
    assert low == high == 120


def test_the_first_question_is_said_with_the_money_it_sets_aside():
    assert told(max_cost=0.0001).first > 100


def test_a_provider_that_is_not_configured_is_no_impact(settings):
    settings.ANTHROPIC_API_KEY = ""
    with pytest.raises(WorkError):
        told()
