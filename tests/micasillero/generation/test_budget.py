"""Money is set aside before a call and settled after it; no cap is passed, whoever asks."""

import threading

import pytest
from django.db import connection

from micasillero.generation import budget
from micasillero.generation.accounts import Account, Charge
from micasillero.generation.budget import Budget, CapReached, give_back, highest_cost, settle
from micasillero.generation.providers.seam import Answer, Price, Prompt

PRICE = Price(1.0, 5.0)
PROMPT = Prompt("reglas", "línea ñ", {"type": "object"}, "x", 100)


def spent(name):
    return Account.objects.get(name=name).micros


@pytest.fixture
def money(db):
    return Budget("r1", run_cap=1000, month_cap=1500)


def test_what_is_set_aside_counts_at_once_and_what_it_cost_takes_its_place(money):
    charge = money.reserve(700)
    assert (spent("run:r1"), spent(f"month:{budget.this_month()}")) == (700, 700)
    assert settle(charge, PRICE, Answer({}, 50, 10, "m")) == 100
    run = Account.objects.get(name="run:r1")
    assert (run.micros, run.calls, run.input_tokens, run.output_tokens) == (100, 1, 50, 10)
    assert spent(f"month:{budget.this_month()}") == 100
    assert Charge.objects.get().cost_micros == 100


def test_a_call_that_was_refused_costs_nothing(money):
    give_back(money.reserve(700))
    assert spent("run:r1") == spent(f"month:{budget.this_month()}") == 0


def test_a_call_of_unknown_outcome_stays_charged(money):
    money.reserve(700)
    assert Charge.objects.get().cost_micros is None
    assert spent("run:r1") == 700


def test_the_run_stops_before_its_cap(money):
    money.reserve(1000)
    with pytest.raises(CapReached) as reached:
        money.reserve(1)
    assert reached.value.code == "run_cap"
    assert spent("run:r1") == 1000


def test_the_month_stops_every_run_and_charges_none(money):
    money.reserve(900)
    with pytest.raises(CapReached) as reached:
        Budget("r2", run_cap=1000, month_cap=1500).reserve(700)
    assert reached.value.code == "month_cap"
    assert not Account.objects.filter(name="run:r2").exists()
    assert spent(f"month:{budget.this_month()}") == 900


def test_another_month_begins_anew(money, monkeypatch):
    monkeypatch.setattr(budget, "this_month", lambda: "2026-01")
    charge = money.reserve(900)
    monkeypatch.setattr(budget, "this_month", lambda: "2026-02")
    Budget("r2", run_cap=1000, month_cap=1500).reserve(1000)
    give_back(charge)
    assert (spent("month:2026-01"), spent("month:2026-02")) == (0, 1000)


def test_a_run_may_lower_its_cap_and_never_raise_it(settings):
    settings.AI_RUN_CAP_USD, settings.AI_MONTHLY_CAP_USD = 2.0, 9.0
    assert Budget.of("r1").run_cap == 2_000_000
    assert Budget.of("r1", 0.5).run_cap == 500_000
    assert Budget.of("r1", 50).run_cap == 2_000_000
    assert Budget.of("r1").month_cap == 9_000_000


def test_the_highest_cost_is_above_what_any_tokenizer_makes_of_the_prompt():
    """A token has at least one byte."""
    text = "reglas" + "línea ñ" + '{"type": "object"}'
    assert highest_cost(PROMPT, PRICE) > len(text.encode()) * 1.0 + 100 * 5.0


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_time_no_two_have_the_last_of_it():
    """Twelve ask for 100 of 500 each, on connections of their own."""
    outcomes = []
    start = threading.Barrier(12)

    def ask(number):
        start.wait()
        try:
            Budget(f"r{number % 2}", run_cap=10_000, month_cap=500).reserve(100)
            outcomes.append("had")
        except CapReached:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["had"] * 5 + ["refused"] * 7
    assert spent(f"month:{budget.this_month()}") == 500
    assert Charge.objects.count() == 5
