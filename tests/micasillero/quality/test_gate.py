"""When an evaluation is worse than another. The gate itself is tried on both engines, in live."""

import dataclasses

import pytest

from micasillero.quality.evaluate import Evaluation
from micasillero.quality.gate import worse_than

from .outcomes import evaluation


def test_the_same_is_not_worse():
    assert worse_than(evaluation(a=1, b=3), evaluation(a=1, b=3)) is None


def test_worse_says_by_how_much_and_where():
    change = worse_than(evaluation(a=1, b=1), evaluation(a=1, b=2))
    assert change.differences["MRR@10"] == -0.25
    assert change.lost == ("b",)


def test_less_than_the_tolerance_is_not_worse(settings):
    before, now = evaluation(a=1, b=1), evaluation(a=1, b=2)
    assert worse_than(before, now, tolerance=0.3) is None
    settings.QUALITY_TOLERANCE = 0.3
    assert worse_than(before, now) is None


def test_an_evaluation_comes_back_from_its_json():
    found = dataclasses.replace(evaluation(a=1, b=None), skipped=("c",))
    assert Evaluation.from_json(found.as_json()) == found


@pytest.mark.parametrize("ranks", [{}, {"c": 1}])
def test_nothing_in_common_is_not_worse(ranks):
    assert worse_than(evaluation(a=1), evaluation(**ranks)) is None
