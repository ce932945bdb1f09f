from micasillero.quality.compare import compare, randomisation_p


def outcome(name, rank, s5):
    return {"id": name, "rank": rank, "measures": {"S@5": s5}}


def test_what_moved_up_and_down_is_named():
    before = [outcome("a", None, 0.0), outcome("b", 1, 1.0), outcome("c", 2, 1.0)]
    now = [outcome("a", 3, 1.0), outcome("b", 4, 1.0), outcome("c", 2, 1.0)]
    found = compare(before, now)
    assert (found.won, found.lost, found.n) == (("a",), ("b",), 3)
    assert found.differences == {"S@5": 0.3333}


def test_queries_that_are_in_one_alone_are_left_out():
    assert compare([outcome("a", 1, 1.0)], [outcome("b", 1, 1.0)]).n == 0


def test_worse_is_by_more_than_the_tolerance():
    found = compare([outcome("a", 1, 1.0)], [outcome("a", None, 0.0)])
    assert found.worse_by(0.01) == ["S@5"]
    assert found.worse_by(1.0) == []


def test_no_difference_is_no_evidence():
    assert randomisation_p([0.0] * 50) == 1.0


def test_one_query_of_many_is_luck_and_twenty_of_twenty_are_not():
    assert randomisation_p([1.0] + [0.0] * 99) == 1.0
    assert randomisation_p([1.0] * 20) < 0.001


def test_the_same_data_give_the_same_p():
    deltas = [0.5, -0.2, 0.1, 0.3, -0.4, 0.6]
    assert randomisation_p(deltas) == randomisation_p(deltas)
