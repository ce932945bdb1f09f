"""The taxes on a CIF value, checked by examples that were worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.taxes import Rates, taxes_on

D = Decimal


def amounts(cif, dai, isc, ispc, isv):
    """(the four amounts, total, CIF and taxes), as text."""
    told = taxes_on(D(cif), Rates(D(dai), D(isc), D(ispc), D(isv)))
    return [str(due.amount) for due in told.dues], str(told.total), str(told.landed)


@pytest.mark.parametrize(
    ("cif", "rates", "dues", "total", "landed"),
    [
        # Shoes, 6404: DAI 100 x 15 % = 15; ISV (100 + 15) x 15 % = 17.25; 15 + 17.25 = 32.25.
        ("100", ("0.15", "0", "0", "0.15"), ["15.00", "0.00", "0.00", "17.25"], "32.25", "132.25"),
        # A mobile phone, 8517.13: no duty; ISV 250 x 15 % = 37.50.
        ("250", ("0", "0", "0", "0.15"), ["0.00", "0.00", "0.00", "37.50"], "37.50", "287.50"),
        # Green tea, 0902.10: DAI 80 x 15 % = 12; ISC (80 + 12) x 10 % = 9.20;
        # ISV (80 + 12 + 9.20) x 15 % = 101.20 x 15 % = 15.18; 12 + 9.20 + 15.18 = 36.38.
        ("80", ("0.15", "0.10", "0", "0.15"), ["12.00", "9.20", "0.00", "15.18"],
         "36.38", "116.38"),
        # Sparkling wine, 2204.10: ISC 60 x 10 % = 6; ISV (60 + 6) x 18 % = 11.88.
        ("60", ("0", "0.10", "0", "0.18"), ["0.00", "6.00", "0.00", "11.88"], "17.88", "77.88"),
        # All four: DAI 1000 x 5 % = 50; ISC 1050 x 10 % = 105; ISPC 1050 x 4 % = 42;
        # ISV (1000 + 50 + 105 + 42) x 15 % = 1197 x 15 % = 179.55; 50 + 105 + 42 + 179.55 = 376.55.
        ("1000", ("0.05", "0.10", "0.04", "0.15"), ["50.00", "105.00", "42.00", "179.55"],
         "376.55", "1376.55"),
        # Cents: DAI 33.33 x 15 % = 4.9995, that is 5.00; ISV (33.33 + 5.00) x 15 % = 5.7495,
        # that is 5.75.
        ("33.33", ("0.15", "0", "0", "0.15"), ["5.00", "0.00", "0.00", "5.75"], "10.75", "44.08"),
        # Half a cent goes up: DAI 0.10 x 5 % = 0.005, that is 0.01, where 0.00 would be even.
        ("0.10", ("0.05", "0", "0", "0"), ["0.01", "0.00", "0.00", "0.00"], "0.01", "0.11"),
        # A live horse, 0101.29: DAI 5000 x 10 % = 500 and no sales tax.
        ("5000", ("0.10", "0", "0", "0"), ["500.00", "0.00", "0.00", "0.00"], "500.00", "5500.00"),
        # A sample without a value.
        ("0", ("0.15", "0.10", "0", "0.15"), ["0.00", "0.00", "0.00", "0.00"], "0.00", "0.00"),
    ],
)  # fmt: skip
def test_worked_examples(cif, rates, dues, total, landed):
    assert amounts(cif, *rates) == (dues, total, landed)


def test_each_tax_states_what_it_was_computed_on():
    told = taxes_on(D(80), Rates(D("0.15"), D("0.10"), D(0), D("0.15")))
    # CIF; CIF + DAI twice; CIF + DAI + ISC.
    assert [str(due.base) for due in told.dues] == ["80.00", "92.00", "92.00", "101.20"]
    assert [due.tax for due in told.dues] == ["dai", "isc", "ispc", "isv"]


def test_the_rates_are_those_of_the_line():
    line = PartidaArancelaria(
        impuesto_dai=D("0.15"),
        impuesto_isc=D("0.1"),
        impuesto_ispc=D("0.02"),
        impuesto_isv=D("0.18"),
    )
    assert Rates.of(line) == Rates(D("0.15"), D("0.1"), D("0.02"), D("0.18"))


@pytest.mark.parametrize("value", ["-0.01", "NaN", "Infinity"])
def test_what_is_no_value_is_refused(value):
    with pytest.raises(ValueError, match="no value"):
        taxes_on(D(value), Rates())


money = st.decimals(0, 10**8, places=2)
rate = st.decimals(0, 1, places=4)


@given(money, rate, rate, rate, rate)
def test_the_total_is_the_sum_of_what_is_shown(cif, dai, isc, ispc, isv):
    told = taxes_on(cif, Rates(dai, isc, ispc, isv))
    assert told.total == sum(due.amount for due in told.dues)
    assert told.landed == told.cif + told.total
    assert all(due.amount == due.amount.quantize(D("0.01")) >= 0 for due in told.dues)
