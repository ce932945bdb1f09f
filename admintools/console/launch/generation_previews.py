"""What a run of keyword generation says before it is made: by the lexicon free, by a model with
what it costs.

Each takes the run's parameters and returns an Impact in the active language.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.fact import Fact
from admintools.console.formatting import EN_DASH, about, dollar_range, dollars, number
from micasillero.generation.budget import MICROS
from micasillero.generation.comparing import MOST_LINES
from micasillero.generation.estimate import ModelImpact, model_impact
from micasillero.generation.impact import generation_impact
from micasillero.generation.run import LEXICON, languages_of
from micasillero.generation.scope import Scope
from micasillero.work import WorkError

from .impact import Impact

Parameters = Mapping[str, Any]


def generate(parameters: Parameters) -> Impact:
    """Writing keywords: which lines, and how many of them have some already."""
    scope = Scope(parameters.get("chapter", ""), parameters.get("missing", False))
    if parameters.get("provider", LEXICON) != LEXICON:
        return _by_model(parameters, scope)
    told = generation_impact(scope)
    return Impact(
        items=told.lines,
        figures=(
            Fact(_("Tariff lines"), number(told.lines), _("in this scope")),
            Fact(_("Have keywords"), number(told.lines_with), _("of these lines")),
            Fact(_("Cost"), _("none"), _("the lexicon is part of the product")),
        ),
        summary=ngettext(
            "Keywords are written for %(n)s tariff line.",
            "Keywords are written for %(n)s tariff lines.",
            told.lines,
        )
        % {"n": number(told.lines)},
        after=_("Searches find them some seconds later. What a person decided stays."),
        refusal="" if told.lines else _("There are no tariff lines in this scope."),
    )


def _by_model(parameters: Parameters, scope: Scope) -> Impact:
    languages = languages_of(parameters.get("language", ""))
    try:
        told = model_impact(scope, parameters["provider"], languages, parameters.get("max_cost"))
    except WorkError as error:
        return Impact(items=None, summary="", refusal=_(error.message) % error.params)
    return Impact(
        items=told.lines,
        figures=_figures(told),
        summary=_summary(told),
        after=_("They wait for a person, who reads a sample; no search changes before that."),
        warning=_warning(told),
        refusal=_refusal(told),
        usual=told.seconds,
        basis=_basis(told) if told.measured else _("assumed: 1 to 4 seconds an answer"),
    )


def _figures(told: ModelImpact) -> tuple[Fact, ...]:
    low, high = (amount / MICROS for amount in told.cost)
    tokens = EN_DASH.join(number(about(count)) for count in told.tokens)
    return (
        Fact(_("Tariff lines"), number(told.lines), _("in this scope")),
        Fact(_("Answers reused"), number(told.reused), _("paid already: they cost nothing again")),
        Fact(_("Cost"), dollar_range(low, high), _basis(told)),
        Fact(_("Tokens"), tokens, _("asked and answered")),
        _cap(told),
    )


def _cap(told: ModelImpact) -> Fact:
    left = _("%(left)s of this month are left") % {"left": dollars(told.month_left / MICROS)}
    return Fact(_("Cap"), dollars(told.cap / MICROS), left)


def _summary(told: ModelImpact) -> str:
    low, high = (amount / MICROS for amount in told.cost)
    return ngettext(
        "%(n)s tariff line is asked of %(model)s: %(cost)s.",
        "%(n)s tariff lines are asked of %(model)s: %(cost)s.",
        told.asked,
    ) % {"n": number(told.asked), "model": told.provider.model, "cost": dollar_range(low, high)}


def _basis(told: ModelImpact) -> str:
    if not told.measured:
        return _("assumed from the length of the texts: nothing is measured yet")
    return ngettext(
        "as %(n)s answer of this model", "as the last %(n)s answers of this model", told.measured
    ) % {"n": number(told.measured)}


def _warning(told: ModelImpact) -> str:
    if told.enough_for >= told.asked:
        return ""
    return ngettext(
        "It may reach the cap, which is enough for %(n)s line. What was written stays.",
        "It may reach the cap, which is enough for %(n)s lines. What was written stays.",
        told.enough_for,
    ) % {"n": number(told.enough_for)}


def _refusal(told: ModelImpact) -> str:
    if not told.lines:
        return _("There are no tariff lines in this scope.")
    if told.asked and told.first > told.cap:
        return _(
            "The cap is too small for a single question, which sets %(first)s aside: raise it, or "
            "wait for the next month."
        ) % {"first": dollars(told.first / MICROS)}
    return ""


def compare(parameters: Parameters) -> Impact:
    """Comparing two models: what asking both for the sample costs at most."""
    languages = languages_of(parameters.get("language", ""))
    scope = Scope(parameters.get("chapter", ""))
    try:
        both = [
            model_impact(scope, parameters[side], languages, parameters.get("max_cost"))
            for side in ("first", "second")
        ]
    except WorkError as error:
        return Impact(items=None, summary="", refusal=_(error.message) % error.params)
    lines = min(parameters["sample"], MOST_LINES, both[0].lines)
    drawn = _("drawn by chance, half from those that judged queries name")
    figures = [Fact(_("Tariff lines"), number(lines), drawn)]
    highest = 0.0
    for told in both:
        low, high = (amount / MICROS * lines / max(1, told.asked) for amount in told.cost)
        figures.append(Fact(told.provider.model, dollar_range(low, high), _basis(told)))
        highest += high
    figures.append(_cap(both[0]))
    return Impact(
        items=2 * lines,
        figures=tuple(figures),
        summary=ngettext(
            "%(n)s tariff line is asked of both models.",
            "%(n)s tariff lines are asked of both models.",
            lines,
        )
        % {"n": number(lines)},
        after=_("Nothing of it becomes a keyword. What was paid is not paid again by a run."),
        warning=_together(both, highest),
        refusal=_refusal(both[0]) or _refusal(both[1]),
    )


def _together(both: list[ModelImpact], highest: float) -> str:
    # Of what is left a call has to set its own highest cost aside.
    cap = (both[0].cap - max(told.first for told in both)) / MICROS
    if highest <= cap:
        return ""
    return _(
        "Both together may cost up to %(highest)s and reach the cap. Then the lines that both have "
        "answered are compared, and no more: draw fewer, or raise the cap."
    ) % {"highest": dollars(highest)}
