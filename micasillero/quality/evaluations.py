"""The search as it is now, asked the judged queries of the database; what came out is kept."""

from django.utils.translation import gettext_noop as _

from micasillero.search.engines import get_engine
from micasillero.search.engines.seam import Engine
from micasillero.search.query import search
from micasillero.work import Work, WorkError

from .evaluate import Evaluation, evaluate
from .judged import JudgedQuery
from .models import QueryJudgment, SearchEvaluation


def judged_queries() -> list[JudgedQuery]:
    """The set that is asked: what came with the product and what staff made of it."""
    return [row.as_judged() for row in QueryJudgment.objects.asked()]


def evaluate_live(
    work: Work, *, engine: Engine | None = None, run_id: str = ""
) -> SearchEvaluation:
    """Ask the live index and keep the figures.

    Raises WorkError("no_queries"), WorkError("no_answers"), and as search and evaluate do.
    """
    engine = engine or get_engine()
    queries = judged_queries()
    if not queries:
        raise WorkError(
            "no_queries", _("There are no judged queries. Load them: manage.py load_queries.")
        )
    # Before the first query: a rebuild may swap while they are asked.
    index = engine.live_index() or ""
    found = evaluate(queries, lambda text, k: search(text, k, engine=engine), work)
    if not found.outcomes:
        raise WorkError(
            "no_answers",
            _(
                "None of the %(queries)s judged queries has an answer in the loaded tariff. "
                "Import a tariff, or mend the queries."
            ),
            queries=len(queries),
        )
    return keep(found, engine=engine.name, index=index, run_id=run_id)


def keep(found: Evaluation, *, engine: str, index: str, run_id: str = "") -> SearchEvaluation:
    """Store an evaluation that has outcomes."""
    told = found.summary()
    return SearchEvaluation.objects.create(
        run_id=run_id,
        engine=engine,
        index=index,
        n=told["n"],
        success_1=told["S@1"],
        success_5=told["S@5"],
        precision_5=told["P@5"],
        mrr_10=told["MRR@10"],
        ndcg_10=told["nDCG@10"],
        zero_result_rate=told["zero_result_rate"],
        relaxed_rate=told["relaxed_rate"],
        p95_ms=told["p95_ms"],
        details=found.as_json(),
    )


def restored(row: SearchEvaluation) -> Evaluation:
    """The evaluation that a row keeps."""
    return Evaluation.from_json(row.details)
