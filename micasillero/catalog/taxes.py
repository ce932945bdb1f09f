"""What is due on an import of a given CIF value: an estimate by the law's formula.

    DAI  = CIF x rate                          import duty
    ISC  = (CIF + DAI) x rate                  selective consumption tax
    ISPC = (CIF + DAI) x rate                  production and consumption tax
    ISV  = (CIF + DAI + ISC + ISPC) x rate     sales tax

Sources: the customs value, CIF, is what the duty is computed on by CAUCA IV and RECAUCA IV, the
Central American customs code and its regulation (COMIECO, resolutions 223-2008 and 224-2008). The
sales tax on imports is computed on CIF plus import duty, selective consumption tax, specific taxes
and the other charges on the import (Ley del Impuesto Sobre Ventas, Decreto-Ley 24 of 1963, art. 3).
The two consumption taxes are taken on CIF plus duty (Ley del Impuesto Selectivo al Consumo, Decreto
58 of 1982; Ley de Impuesto sobre Producción y Consumo, Decreto 106 of 1955).

What it leaves out: preferences of origin, exemptions, fees of service, and the taxes that the law
states in lempiras per litre or per pack (drinks, cigarettes): the tariff file has no rate for
them. We are no customs brokers: one should confirm the formula, and each import that matters.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .models import PartidaArancelaria

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rates:
    """Decimal fractions: 0.15 is 15 %."""

    dai: Decimal = NOTHING
    isc: Decimal = NOTHING
    ispc: Decimal = NOTHING
    isv: Decimal = NOTHING

    @classmethod
    def of(cls, line: PartidaArancelaria) -> "Rates":
        """Those of a tariff line."""
        return cls(line.impuesto_dai, line.impuesto_isc, line.impuesto_ispc, line.impuesto_isv)


@dataclass(frozen=True, slots=True)
class Due:
    """One tax: ``amount`` is ``base`` x ``rate`` in the currency of the CIF value, in cents."""

    tax: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Taxes:
    """The taxes on one import, DAI, ISC, ISPC, ISV in this order, also those that are 0.

    ``total`` is the sum of the amounts, ``landed`` the CIF value and them.
    """

    cif: Decimal
    dues: tuple[Due, Due, Due, Due]
    total: Decimal
    landed: Decimal


def taxes_on(cif: Decimal, rates: Rates) -> Taxes:
    """The taxes on an import of this CIF value, in its currency.

    The value and each tax are rounded to cents, half up, and the rounded amount enters the base
    of the next tax: so a person can check each figure by those above it. Raises ValueError for a
    value that is negative or no finite number.
    """
    if not cif.is_finite() or cif < 0:
        raise ValueError(f"no value of goods: {cif}")
    cif = _cents(cif)
    dai = _due("dai", rates.dai, cif)
    with_duty = cif + dai.amount
    isc = _due("isc", rates.isc, with_duty)
    ispc = _due("ispc", rates.ispc, with_duty)
    isv = _due("isv", rates.isv, with_duty + isc.amount + ispc.amount)
    dues = (dai, isc, ispc, isv)
    total = sum((due.amount for due in dues), Decimal(0))
    return Taxes(cif, dues, total, cif + total)


def _due(tax: str, rate: Decimal, base: Decimal) -> Due:
    return Due(tax, rate, base, _cents(base * rate))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
