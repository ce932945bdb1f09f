"""Learning from what people choose: launched, put before a person, and what it says of itself."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from admintools.jobs.schedules import ensure
from admintools.shipped_schedules import SCHEDULES
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.models import Classification
from micasillero.events.models import Event
from micasillero.generation.models import GenerationRun
from micasillero.keywords.models import Keyword

from .conftest import HTML, JSON

FORM = "/admin/elasticsearch/launch/learn_keywords/"
LAUNCH = "/admin/elasticsearch/learn/"
REVIEW = reverse("admin:console_review")
pytestmark = pytest.mark.django_db(transaction=True)
SHOES, BOOTS = "6404.11.00.00", "6402.91.00.00"


@pytest.fixture
def line(db):
    return PartidaArancelaria.objects.create(
        item_no=SHOES, descripcion="Calzado con suela de caucho", is_leaf=True
    )


@pytest.fixture
def chosen(line):
    """Six people chose the line for "burros" where it stood second, on three days; nobody chose
    anything of what sixty others saw."""
    now, made = timezone.now(), []

    def tell(type_, person, day, **fields):
        at = now - timedelta(days=1 + day)
        made.append(
            Event(
                event_id=f"e{len(made)}", client="courier", type=type_, occurred_at=at,
                received_at=at, session=person, person=person, network=f"net {person}", **fields,
            )
        )  # fmt: skip

    for n in range(6):
        tell("impression", f"p{n}", n % 3, query="burros", codes=[BOOTS, SHOES])
        tell("selection", f"p{n}", n % 3, query="burros", code=SHOES, rank=2)
    for n in range(60):
        tell("impression", f"q{n}", 0, query="lavadora", codes=[BOOTS, SHOES])
    Event.objects.bulk_create(made)


def preview(client, **fields):
    return client.get(FORM + "preview/", fields, headers=JSON).json()


@pytest.fixture
def run(chosen):
    call_command_quietly()
    return TaskHistory.objects.get()


def call_command_quietly(*arguments):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("learn_keywords", "--json", *arguments, stdout=out)
    assert ended.value.code == 0
    return json.loads(out.getvalue())


# --- launching


def test_the_preview_says_how_much_was_chosen_by_how_many_since_when(boss, chosen):
    told = preview(boss)
    assert (told["status"], told["items"]) == ("ready", 72)
    values = {figure["label"]: figure["value"] for figure in told["figures"]}
    assert values == {"Eventos": "72", "Elecciones": "6", "Confirmadas por el personal": "0"}
    assert "de 6 personas" in told["figures"][1]["hint"]


def test_a_later_day_counts_only_what_came_since(boss, chosen):
    today = timezone.localdate().isoformat()
    assert preview(boss, since=today)["status"] == "nothing"


def test_without_choices_the_page_says_so_and_launches_nothing(boss, line):
    page = boss.post(LAUNCH, {"from_form": "1"}, headers=HTML)
    assert page.status_code == 400
    assert "Nadie eligió ni confirmó nada desde" in page.content.decode()
    assert not TaskHistory.objects.exists()


@pytest.mark.parametrize(
    ("since", "says"),
    [("mañana", "Escriba un día como"), ("2999-01-01", "Ese día todavía no llega")],
)
def test_a_day_that_cannot_be_is_refused(boss, since, says):
    answer = boss.post(LAUNCH, {"since": since}, headers=JSON)
    assert answer.status_code == 400
    assert says in str(answer.json()["errors"]["since"])


def test_a_click_queues_it_with_its_day(boss, line):
    answer = boss.post(LAUNCH, {"since": "2026-11-01"}, headers=JSON)
    run = TaskHistory.objects.get(task_id=answer.json()["task_id"])
    assert (run.queue, run.resource) == ("learning", "keywords")
    assert run.parameters == {"since": "2026-11-01"}


def test_while_keywords_are_generated_nothing_is_learned(boss, line):
    launch("generate_keywords", initiator=Initiator(Source.COMMAND, name="t"))
    assert boss.post(LAUNCH, headers=JSON).status_code == 409


def test_it_is_on_the_home_page_and_runs_every_night(boss, line):
    assert FORM in boss.get("/admin/elasticsearch/", headers=HTML).content.decode()
    from django_celery_beat.models import PeriodicTask

    ensure(SCHEDULES)
    task = PeriodicTask.objects.get(kwargs__contains="learn_keywords")
    assert (task.enabled, task.crontab.hour, task.crontab.minute) == (True, "1", "30")


# --- the command


def test_the_command_tells_what_it_did(chosen):
    told = call_command_quietly()
    assert told["status"] == "SUCCESS"
    assert (told["events"], told["considered"], told["proposed"]) == (72, 1, 1)


def test_the_command_looks_back_as_far_as_it_is_told(chosen):
    assert call_command_quietly("--since", timezone.localdate().isoformat())["events"] == 0


@pytest.mark.parametrize("since", ["mañana", "2026-13-01", "2999-01-01"])
def test_the_command_refuses_a_day_that_cannot_be(db, since):
    with pytest.raises(CommandError, match=r"is no day|has not come"):
        call_command("learn_keywords", "--since", since)


def test_a_slip_in_a_schedule_s_day_fails_with_what_to_write(db):
    from admintools.jobs.faults import Failed
    from admintools.tasks.learning import start_of

    with pytest.raises(Failed, match="2026-11-01"):
        start_of("ayer")


def test_what_staff_confirmed_counts_where_it_was_not_first(line, person):
    now = timezone.now()
    for day, name in enumerate(("ana", "eva")):
        Classification.objects.create(
            user=person(name=name), query="burros", code=SHOES, partida=line, rank=4, shown=8,
            confirmed_at=now - timedelta(days=day),
        )  # fmt: skip
    assert call_command_quietly()["proposed"] == 1
    assert Keyword.objects.get().evidence["staff"] == {"people": 2, "times": 2, "days": 2}


# --- the review


@pytest.fixture
def client(person, client_of):
    return client_of(person("view_console", "review_keywords", "launch_accept_keywords"))


def address(run, name="console_review_run"):
    return reverse(f"admin:{name}", args=[run.task_id])


def test_a_learned_word_waits_in_the_queue_with_its_evidence_in_words(client, run):
    page = client.get(REVIEW).content.decode()
    people = "6 de 6 personas que la vieron la eligieron, en 3 días; lo usual ahí es 9"
    assert people in page
    assert "Casi siempre estaba en el lugar 2" in page


def test_its_page_says_how_it_will_be_measured(client, run):
    keyword = Keyword.objects.get()
    page = client.get(reverse("admin:console_review_keyword", args=[keyword.pk])).content.decode()
    assert "la mide la próxima evaluación" in page
    assert "6 de 6 personas" in page
    assert address(run) in page


def test_the_run_waits_as_one_until_each_of_its_words_is_decided(client, run):
    assert address(run) in client.get(REVIEW).content.decode()
    keyword = Keyword.objects.get()
    client.post(reverse("admin:console_review_decide"), {"approve": keyword.pk}, headers=JSON)
    assert address(run) not in client.get(REVIEW).content.decode().split("last-decision")[0]


def test_the_page_of_the_job_leads_to_its_words(client, run):
    assert address(run) in client.get(run.get_absolute_url()).content.decode()


def test_the_run_s_page_shows_no_figures_of_a_model(client, run):
    page = client.get(address(run))
    labels = [fact.label for fact in page.context["figures"]]
    assert labels == ["Consideradas", "Propuestas", "Pendiente"]
    assert "Aprendidas de lo que la gente elige" in page.content.decode()


def test_the_run_can_be_accepted_behind_the_gate(client, run):
    answer = client.post(address(run, "console_run_accept"), headers=JSON)
    assert answer.status_code == 202
    accepting = TaskHistory.objects.get(task_id=answer.json()["task_id"])
    assert (accepting.job, accepting.parameters) == ("accept_keywords", {"run": run.task_id})


@pytest.mark.parametrize(
    ("state", "status", "name"),
    [("waiting", "pending", "console_run_reject"), ("accepted", "approved", "console_run_revert")],
)
def test_what_is_taken_back_is_not_proposed_the_next_night(client, run, state, status, name):
    GenerationRun.objects.update(state=state)
    Keyword.objects.update(status=status)
    page = client.post(address(run, name), follow=True).content.decode()
    assert "Palabras rechazadas: 1" in page
    assert call_command_quietly()["dropped"] == {"rejected": 1}
    assert Keyword.objects.get().status == "rejected"


def test_the_command_takes_it_back_too(run):
    out = StringIO()
    call_command("revert_keywords", run.task_id, stdout=out)
    assert "1" in out.getvalue()
    assert Keyword.objects.get().status == "rejected"


def test_a_run_that_proposed_nothing_waits_for_nobody(line):
    call_command_quietly()
    assert not GenerationRun.objects.exists()
