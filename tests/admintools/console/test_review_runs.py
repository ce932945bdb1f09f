"""A run of generation put before a person, who accepts, rejects or takes it back."""

import json
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.urls import reverse

from admintools.jobs.models import TaskHistory
from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.models import GenerationRun
from micasillero.generation.sampling import draw
from micasillero.keywords.models import Keyword

from .conftest import JSON


@pytest.fixture
def client(person, client_of):
    return client_of(person("view_console", "review_keywords", "launch_accept_keywords"))


@pytest.fixture
def job(make_run):
    return make_run(job="generate_keywords", status="SUCCESS")


@pytest.fixture
def written(job):
    """A run that waits, with 60 keywords that passed and a doubtful one."""
    run = GenerationRun.objects.create(
        run_id=job.task_id, provider="anthropic", model="claude", prompt_version="1",
        state="waiting", calls=4, reused=2, input_tokens=1200, output_tokens=300,
        cost_micros=1_250_000,
        counts={"lines": 9, "passed": 60, "doubtful": 1, "dropped": {"code": 3, "in_text": 14}},
    )  # fmt: skip
    line = PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="Calzado")
    told = {"partida": line, "language": "es", "source": "ai", "run_id": job.task_id}
    for n in range(60):
        Keyword.objects.create(text=f"passed {n}", verdict="passed", **told)
    evidence = {"reasons": ["other"], "round_trip": {"rank": 3, "of": 9}}
    Keyword.objects.create(text="shoe", verdict="doubtful", evidence=evidence, **told)
    run.sample = draw(run.run_id)
    run.save()
    return run


def address(run, name="console_review_run"):
    return reverse(f"admin:{name}", args=[run.run_id])


def test_a_run_that_waits_is_on_top_of_the_review_page(client, written):
    page = client.get(reverse("admin:console_review")).content.decode()
    assert address(written) in page
    assert "anthropic claude" in page


def test_the_page_of_the_job_leads_to_its_keywords(client, job, written):
    assert address(written) in client.get(job.get_absolute_url()).content.decode()


def test_a_person_sees_fifty_by_chance_with_verdicts_and_what_the_run_cost(client, written):
    page = client.get(address(written))
    assert len(page.context["sample"]) == 50
    text = page.content.decode()
    assert "pasó" in text
    assert "US$\N{NO-BREAK SPACE}1.25" in text
    assert page.context["dropped"][0][1] == "14"


def test_the_sample_is_the_same_for_everybody_and_the_evidence_is_told(client, written):
    first, second = (client.get(address(written)).context["sample"] for _time in range(2))
    assert first == second
    written.sample = [Keyword.objects.get(text="shoe").pk]
    written.save()
    assert "Su partida sale 3.º de 9" in client.get(address(written)).content.decode()


def test_a_word_that_the_lexicon_took_over_is_no_more_of_the_sample(client, written):
    taken = Keyword.objects.get(pk=written.sample[0])
    Keyword.objects.filter(pk=taken.pk).update(source="lexicon", run_id="another")
    assert taken not in client.get(address(written)).context["sample"]


def test_accepting_launches_the_job_that_asks_the_gate(client, written):
    answer = client.post(address(written, "console_run_accept"), headers=JSON)
    assert answer.status_code == 202
    run = TaskHistory.objects.get(task_id=answer.json()["task_id"])
    assert (run.job, run.parameters) == ("accept_keywords", {"run": written.run_id})
    logged = LogEntry.objects.get(object_id=str(written.pk)).change_message
    assert logged == f"Aceptación lanzada, como la ejecución {run.task_id}."
    page = client.get(address(written))
    assert page.context["accepting"] == run
    assert address(written, "console_run_accept") not in page.content.decode()
    assert address(written) in client.get(run.get_absolute_url()).content.decode()


def test_while_the_index_is_worked_on_nothing_is_accepted(client, written):
    from admintools.jobs.launch import Initiator, launch
    from admintools.jobs.models import Source

    launch("rebuild_index", initiator=Initiator(Source.COMMAND, name="test"))
    assert client.post(address(written, "console_run_accept"), headers=JSON).status_code == 409
    assert client.post(address(written, "console_run_accept")).status_code == 409


def test_rejecting_deletes_what_it_wrote_and_is_logged(client, written):
    page = client.post(address(written, "console_run_reject"), follow=True)
    assert "Palabras borradas: 61" in page.content.decode()
    assert not Keyword.objects.exists()
    assert LogEntry.objects.get().change_message.startswith("Rechazada.")


def test_an_accepted_run_is_taken_back_with_one_press(client, written):
    GenerationRun.objects.update(state="accepted")
    Keyword.objects.filter(verdict="passed").update(status="approved")
    answer = client.post(address(written, "console_run_revert"), headers=JSON)
    assert (answer.status_code, answer.json()["removed"]) == (200, 61)
    assert GenerationRun.objects.get().state == "reverted"


def test_the_second_to_decide_is_told_who_was_first(client, written):
    client.post(address(written, "console_run_reject"))
    Keyword.objects.create(
        partida=PartidaArancelaria.objects.get(), text="x", language="es", run_id=written.run_id
    )
    for name in ("console_run_accept", "console_run_reject", "console_run_revert"):
        answer = client.post(address(written, name), headers=JSON)
        assert answer.status_code == 409
        assert answer.json()["detail"] == "ana ya rechazó esta ejecución."
    page = client.post(address(written, "console_run_accept"), follow=True).content.decode()
    assert "Ana ya rechazó esta ejecución." in page


@pytest.fixture
def lexicon(job):
    """The id of a run of the lexicon that wrote two words; a third is by hand."""
    line = PartidaArancelaria.objects.create(item_no="6404.11.00.00", descripcion="Calzado")
    row = {"partida": line, "language": "es", "status": "approved"}
    told = {"source": "lexicon", "run_id": job.task_id, "evidence": {"prefix": "6404"}}
    Keyword.objects.create(text="tenis", **told, **row)
    Keyword.objects.create(text="zapatilla", **told, **row)
    Keyword.objects.create(text="burros", source="manual", **row)
    return job.task_id


def test_a_run_of_the_lexicon_has_a_page_too_and_nothing_to_accept(client, lexicon):
    page = client.get(reverse("admin:console_review_run", args=[lexicon]))
    assert "Léxico: 6404" in page.content.decode()
    accept = reverse("admin:console_run_accept", args=[lexicon])
    assert client.post(accept, headers=JSON).status_code == 409


def test_taking_back_the_lexicon_says_what_it_means_and_wants_a_word(client, lexicon):
    page = client.get(reverse("admin:console_review_run", args=[lexicon])).content.decode()
    assert "Palabras del léxico que se borran al revertirla: 2." in page
    assert "Palabras que se buscan ahora: 3; después: 1." in page
    assert 'name="confirm"' in page


@pytest.mark.parametrize("fields", [{}, {"confirm": ""}, {"confirm": "sí"}])
def test_without_the_word_the_lexicon_stays(client, lexicon, fields):
    revert = reverse("admin:console_run_revert", args=[lexicon])
    answer = client.post(revert, fields, headers=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["confirm"])
    shown = client.post(revert, fields)
    assert shown.status_code == 400
    assert "escriba CONFIRMAR" in shown.content.decode()
    assert Keyword.objects.count() == 3


def test_with_the_word_the_lexicon_is_taken_back(client, lexicon):
    revert = reverse("admin:console_run_revert", args=[lexicon])
    page = client.post(revert, {"confirm": "CONFIRMAR"}, follow=True)
    assert "Palabras borradas: 2" in page.content.decode()
    assert Keyword.objects.get().text == "burros"


def test_a_run_without_keywords_is_404(client, db):
    for run_id in ("nobody", "a\x00b", "x" * 200):
        found = client.get(reverse("admin:console_review_run", args=[run_id]))
        assert found.status_code == 404


def test_the_figures_of_an_acceptance_that_made_the_search_worse_are_shown(client, written):
    figures = {"n": 9, "S@1": 0.8, "S@5": 0.9, "MRR@10": 0.85, "zero_result_rate": 0.0}
    quality = {"before": figures, "now": {**figures, "S@5": 0.7}, "worse": True}
    GenerationRun.objects.update(quality=quality)
    page = client.get(address(written)).content.decode()
    assert "0.900" in page
    assert "0.700" in page
    assert "no entraron en la búsqueda" in page


def test_the_command_takes_back_the_lexicon_only_when_told_so(lexicon):
    with pytest.raises(CommandError, match="se borrarían: 2; se buscan ahora: 3") as refused:
        call_command("revert_keywords", lexicon)
    assert refused.value.returncode == 2
    assert Keyword.objects.count() == 3
    call_command("revert_keywords", lexicon, "--yes", stdout=StringIO())
    assert Keyword.objects.get().text == "burros"


def test_the_command_takes_back_what_waits(written):
    out = StringIO()
    call_command("revert_keywords", written.run_id, "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"run": written.run_id, "removed": 61, "kept": 0}
    with pytest.raises(CommandError, match="ya rechazó"):
        call_command("revert_keywords", written.run_id)
