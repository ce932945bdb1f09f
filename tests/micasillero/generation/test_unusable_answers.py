"""Answers that nobody can use: asked for once more, named, and not paid again."""

import pytest

from micasillero.generation import model_run
from micasillero.generation.models import GenerationRun, RunState
from micasillero.generation.scope import Scope
from micasillero.work import WorkError
from tests.support.ai_server import Reply, keywords

from .model_runs import CODES, Watched, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_at_a_time")]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Reply(raw="<html>"), "garbled"),
        (Reply(data=["tenis"]), "no_object"),
        (Reply(data={"es": "tenis", "en": []}), "no_list"),
        (Reply(data={"es": [], "en": []}), "empty"),
    ],
)
def test_an_unusable_answer_is_asked_for_once_more(lines, ai_server, fault, code):
    ai_server.script.append(fault)
    assert run()["refused"] == 0
    assert len(ai_server.requests) == 4
    ai_server.script += [fault, fault]
    work = Watched()
    told = run(work, provider="openai", run_id="r2")
    assert (told["items"], told["refused"], told["without"]) == (3, 1, 3)
    assert [(item, word) for item, word, _reason in work.refused] == [(CODES[0], code)]
    assert len(ai_server.requests) == 4 + 4


def test_an_answer_that_nobody_can_use_is_not_paid_again(lines, ai_server):
    """The second was no better, and a third would not be: until prompt, line or model change."""
    useless = Reply(data={"es": [], "en": []})
    ai_server.script += [useless, useless]
    run(scope=Scope(chapter="95"))
    work = Watched()
    told = run(work, run_id="r2", scope=Scope(chapter="95"))
    assert len(ai_server.requests) == 2
    assert (told["refused"], told["without"], told["reused"], told["calls"]) == (1, 1, 1, 0)
    assert [(item, word) for item, word, _reason in work.refused] == [(CODES[2], "empty")]
    lines[2].descripcion = "Juguetes"
    lines[2].save()
    assert run(run_id="r3", scope=Scope(chapter="95"))["refused"] == 0


def test_one_whose_second_question_was_cut_off_is_asked_once_more(lines, ai_server):
    ai_server.script += [Reply(data={"es": [], "en": []}), Reply(raw="<html>")]
    assert run(scope=Scope(chapter="95"))["refused"] == 1
    assert run(run_id="r2", scope=Scope(chapter="95"))["refused"] == 0
    assert len(ai_server.requests) == 3


def test_refusals_that_were_kept_end_no_run(lines, ai_server, monkeypatch):
    ai_server.usual = lambda asked: Reply(data={"palabras": []})
    run()
    monkeypatch.setattr(model_run, "REFUSED_IN_ROW", 2)
    assert run(run_id="r2")["refused"] == 3


def test_a_line_that_is_declined_is_left_out(lines, ai_server):
    ai_server.script.append(Reply(status=400, message="not this"))
    work = Watched()
    assert run(work)["refused"] == 1
    assert work.refused == [(CODES[0], "declined", "HTTP 400: not this")]


def test_many_unusable_answers_in_a_row_end_the_run(lines, ai_server, monkeypatch):
    monkeypatch.setattr(model_run, "REFUSED_IN_ROW", 2)
    ai_server.usual = lambda asked: Reply(data={"palabras": []})
    with pytest.raises(WorkError) as stopped:
        run()
    assert stopped.value.code == "refused_in_row"
    assert len(ai_server.requests) == 4
    assert GenerationRun.objects.get().state == RunState.WAITING
    # It was the model that was wrong, or a setting: once that is mended these lines are asked anew.
    ai_server.usual = keywords
    assert run(run_id="r2")["refused"] == 0
