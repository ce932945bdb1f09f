"""Evaluations made by hand: which query found its line at which place."""

from micasillero.quality.evaluate import MEASURES, Evaluation, Outcome


def outcome(name: str, rank: int | None, query: str = "", codes: tuple[str, ...] = ()) -> Outcome:
    measures = dict.fromkeys(MEASURES, 1 / rank if rank else 0.0)
    return Outcome(name, query or f"query {name}", "es", codes, rank, False, 5.0, measures)


def evaluation(**ranks: int | None) -> Evaluation:
    """``evaluation(a=1, b=None)``."""
    return Evaluation(tuple(outcome(name, rank) for name, rank in ranks.items()), ())
