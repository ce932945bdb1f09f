"""Two models on the same lines: what each is said to be good for."""

import pytest

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation import comparing
from micasillero.generation.comparing import Wish, compare
from micasillero.generation.models import ModelComparison
from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.keywords.models import Keyword
from micasillero.quality.judged import JudgedQuery
from micasillero.work import SilentWork, WorkError
from tests.support.ai_server import Reply, keywords

pytestmark = pytest.mark.django_db
MODELS = ("anthropic:claude-haiku-5-5", "openai:gpt-6-luna")


@pytest.fixture(autouse=True)
def lines(ai_server, settings):
    settings.AI_CONCURRENCY = 1
    for number in range(8):
        PartidaArancelaria.objects.create(
            item_no=f"9503.00.{number:02}.00", descripcion=f"Bienes {number}", is_leaf=True
        )


def run(sample=3, queries=(), run_id="c1", **options):
    wish = Wish(MODELS, sample, Scope(), frozenset({"es", "en"}), **options)
    return compare(SilentWork(), wish, run_id=run_id, queries=queries)


def test_both_are_asked_for_the_same_lines_and_nothing_becomes_a_keyword(ai_server):
    told = run()
    assert (told["items"], told["calls"], told["cost_usd"]) == (3, 6, 6 * 150 / 1e6)
    codes = {path: {r.code for r in ai_server.requests if r.path == path}
             for path in ("/v1/messages", "/v1/chat/completions")}  # fmt: skip
    assert len(codes["/v1/messages"]) == 3
    assert codes["/v1/messages"] == codes["/v1/chat/completions"]
    assert not Keyword.objects.exists()


def test_terms_verdicts_cost_and_time_are_kept_side_by_side(ai_server):
    ai_server.usual = lambda asked: (
        keywords(asked) if asked.path == "/v1/messages"
        else Reply(data={"es": ["de", "botas"], "en": []}, output_tokens=300)
    )  # fmt: skip
    run(sample=1)
    kept = ModelComparison.objects.get(run_id="c1")
    one, other = kept.sides
    assert (one["model"], other["model"]) == ("claude-haiku-5-5", "gpt-6-luna")
    assert (one["passed"], one["dropped"], one["cost_micros"]) == (2, 0, 150)
    assert (other["suggested"], other["dropped"], other["cost_micros"]) == (2, 1, 250)
    (line,) = kept.lines
    dropped = [t for t in line["sides"][1]["terms"] if t["verdict"] == "dropped"]
    assert [t["text"] for t in dropped] == ["de"] and dropped[0]["reasons"]
    assert one["seconds"] > 0


def test_a_model_without_a_usable_answer_is_shown_without_one(ai_server):
    ai_server.usual = lambda asked: (
        keywords(asked) if asked.path == "/v1/messages" else Reply(data=[])
    )
    run(sample=2)
    one, other = ModelComparison.objects.get().sides
    assert (one["refused"], other["answered"], other["refused"]) == (0, 0, 2)
    assert ModelComparison.objects.get().lines[0]["sides"][1]["refused"]


def test_judged_queries_are_counted_whose_words_the_terms_bring(ai_server):
    """Of three that the line answers one is in its text; the terms of one model bring another."""
    PartidaArancelaria.objects.exclude(item_no="9503.00.01.00").delete()
    queries = [
        JudgedQuery("q1", "bienes", "es", "x", ("9503.00.01",), ()),
        JudgedQuery("q2", "botas para niño", "es", "x", ("9503.00",), ()),
        JudgedQuery("q3", "patineta", "es", "x", ("9503",), ()),
        JudgedQuery("q4", "botas", "es", "x", ("6403",), ()),
    ]
    ai_server.usual = lambda asked: Reply(
        data={"es": ["botas niños" if asked.path == "/v1/messages" else "canicas"], "en": []}
    )
    run(queries=queries)
    kept = ModelComparison.objects.get()
    assert (kept.queries, kept.covered_before) == (3, 1)
    assert [side["queries"] for side in kept.sides] == [2, 1]


def test_what_a_comparison_paid_a_run_finds(ai_server):
    run(sample=8)
    assert len(ai_server.requests) == 16
    told = generate(SilentWork(), scope=Scope(), provider="openai", run_id="r1")
    assert (told["reused"], told["calls"]) == (8, 0)


def test_what_waits_of_an_earlier_run_is_no_fault_of_either(ai_server):
    generate(SilentWork(), scope=Scope(), provider="openai", run_id="r1")
    run()
    assert [side["passed"] for side in ModelComparison.objects.get().sides] == [6, 6]


def test_another_attempt_asks_for_the_same_lines_and_pays_nothing(ai_server):
    first, again = run(), run()
    assert len(ai_server.requests) == 6
    assert first == again
    assert ModelComparison.objects.count() == 1


def test_the_cap_holds_for_both_together(ai_server):
    with pytest.raises(WorkError) as stopped:
        run(sample=8, max_cost=0.002)
    assert stopped.value.code == "run_cap"


def test_what_both_have_answered_before_the_cap_is_kept(ai_server, monkeypatch):
    """Each call costs $0.00035 and sets some more aside: enough for two lines of each, or three."""
    monkeypatch.setattr(comparing, "PORTION", 1)
    ai_server.usual = lambda asked: Reply(data={"es": ["botas"], "en": []}, input_tokens=3_000)
    with pytest.raises(WorkError) as stopped:
        run(sample=8, max_cost=0.0028)
    kept = ModelComparison.objects.get()
    compared = len(kept.lines)
    assert stopped.value.params == {"dollars": "0.00", "compared": compared, "drawn": 8}
    assert 1 <= compared < 8
    assert [side["lines"] for side in kept.sides] == [compared] * 2
    assert kept.calls >= 2 * compared


def test_half_of_the_lines_are_such_as_judged_queries_name(ai_server):
    """Two of eight lines: a sample by chance alone would have both once in five times."""
    named = ("9503.00.01.00", "9503.00.06.00")
    queries = [JudgedQuery(code, "x", "es", "x", (code,), ()) for code in named]
    for number in range(6):
        run(sample=4, queries=queries, run_id=f"c{number}")
        compared = ModelComparison.objects.get(run_id=f"c{number}")
        codes = [line["code"] for line in compared.lines]
        assert set(named) < set(codes)
        assert (len(codes), compared.queries) == (4, 2)


def test_a_scope_without_lines_is_said_to_be_that(ai_server):
    PartidaArancelaria.objects.all().delete()
    with pytest.raises(WorkError) as refused:
        run()
    assert refused.value.code == "no_lines"
