"""Which choices are enough for a proposal, and which are not."""

from datetime import date, timedelta

import pytest

from micasillero.learning.evidence import Evidence, Shown, counted, often_chosen
from micasillero.learning.rule import Lacking, Thresholds, cautious_rate, lacking

FIRST = date(2026, 11, 2)
USUAL = dict.fromkeys(range(1, 11), 0.1)


def seen(person, *, chosen=True, day=0, rank=3, network=None, query="tenis", code="6404.11.00.00"):
    at = FIRST + timedelta(days=day)
    return Shown(query, code, rank, person, network or f"net of {person}", at, chosen)


def people(n, **fields):
    return [seen(f"p{i}", day=i % 3, **fields) for i in range(n)]


def judged(*observed, rates=USUAL, **thresholds):
    evidence = Evidence()
    for one in observed:
        evidence.add(one)
    return lacking(evidence, rates, Thresholds(**thresholds))


def test_enough_people_on_several_days_are_enough():
    assert judged(*people(5)) == ()


def test_four_people_are_too_few_and_the_number_is_a_threshold():
    assert judged(*people(4), most_share=0.5) == (Lacking.PEOPLE,)
    assert judged(*people(4), most_share=0.5, people=4) == ()


def test_one_day_is_not_enough():
    assert judged(*[seen(f"p{i}") for i in range(6)]) == (Lacking.DAYS,)


def test_one_person_counts_once_however_often_he_chooses():
    again = [seen("p0", day=day) for day in range(20)]
    assert Lacking.PEOPLE in judged(*again)


def test_whoever_comes_back_each_day_outweighs_the_others():
    assert judged(*people(5), *[seen("p0", day=day) for day in range(9)]) == (Lacking.SHARE,)


def test_many_people_of_one_network_are_one():
    assert judged(*people(9, network="office")) == (Lacking.SHARE,)


def test_what_is_chosen_no_more_often_than_is_usual_there_is_no_proposal():
    passed_by = [seen(f"q{i}", chosen=False) for i in range(60)]
    assert judged(*people(8), *passed_by) == (Lacking.RATE,)


def test_the_same_choices_count_for_more_at_a_place_where_little_is_chosen():
    passed_by = [seen(f"q{i}", chosen=False, rank=8) for i in range(40)]
    observed = [*people(8, rank=8), *passed_by]
    assert judged(*observed, rates={8: 0.2}) == (Lacking.RATE,)
    assert judged(*observed, rates={8: 0.02}) == ()


def test_unknown_networks_are_not_one_network():
    unknown = [one._replace(network="") for one in people(6)]
    assert judged(*unknown) == ()


def test_two_networks_on_a_day_are_one_vote_of_a_person():
    again = [seen("p0", network=f"net {n}") for n in range(20)]
    assert judged(*people(5), *again) == ()


def test_each_query_and_line_has_evidence_of_its_own():
    observed = [seen("a"), seen("a", code="6402.99.90.00"), seen("a", query="nike")]
    pairs = often_chosen(observed, 1)
    assert counted(observed, pairs).evidence.keys() == pairs
    assert len(pairs) == 3


def test_only_what_enough_people_chose_is_counted():
    observed = [
        *people(4),
        seen("p0"),
        *people(5, query="nike"),
        *people(9, code="x", chosen=False),
    ]
    assert often_chosen(observed, 5) == {("nike", "6404.11.00.00")}


def test_the_rate_of_a_place_is_that_of_whatever_stood_there():
    observed = [seen("a", rank=1), seen("b", rank=1, chosen=False), seen("c", rank=40)]
    assert counted(observed, ()).rates == {1: 0.5, 10: 1.0}


def test_what_was_shown_after_a_search_in_vain_is_not_counted_twice_in_the_rates():
    shown = seen("a", rank=1)
    observed = [shown, shown._replace(query="burros", after_nothing=True, chosen=False)]
    assert counted(observed, ()).rates == {1: 1.0}


@pytest.mark.parametrize(
    ("chose", "shown", "rate"),
    # 10 of 100 is the textbook's example: 0.055 to 0.174.
    [(0, 0, 0.0), (0, 10, 0.0), (10, 100, 0.0552), (5, 5, 0.5655), (1, 1, 0.2065)],
)
def test_few_observations_pull_the_cautious_rate_down(chose, shown, rate):
    assert cautious_rate(chose, shown) == pytest.approx(rate, abs=5e-4)


@pytest.mark.parametrize(
    "thresholds",
    [{"people": 0}, {"days": 0}, {"times": 0}, {"most_share": 0}, {"most_share": 2}, {"staff": 0}],
)
def test_thresholds_that_mean_nothing_are_refused(thresholds):
    with pytest.raises(ValueError, match="let everything or nothing through"):
        Thresholds(**thresholds)
