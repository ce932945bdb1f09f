"""The first page: a sentence for a person, the cards, what runs, and the details when needed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django_celery_beat.models import PeriodicTask

from admintools.console.charts import past_runs
from admintools.console.home.headline import headline
from admintools.jobs.beats import beat
from admintools.jobs.models import ProcessBeat
from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.models import GenerationRun
from micasillero.keywords.models import Keyword
from micasillero.search.models import LastChange
from micasillero.search.status import IndexStatus

from .quality_rows import asked

HOME = "/admin/elasticsearch/"


def index(**fields):
    whole = {
        "engine": "tantivy", "alias": "a", "reachable": True, "index": "a-1", "documents": 7494,
        "database_documents": 7494, "pending_changes": 0,
    }  # fmt: skip
    return IndexStatus(**{**whole, **fields})


@pytest.mark.parametrize(
    ("fields", "tone", "word"),
    [
        ({}, "ok", "7,494"),
        ({"pending_changes": 3}, "ok", "3 changes"),
        ({"reachable": False}, "err", "down"),
        ({"index": None}, "err", "no search index"),
        ({"documents": 0}, "err", "empty"),
        ({"documents": 7000}, "warn", "7,000"),
        ({"health": "red"}, "err", "damaged"),
        ({"health": "red", "reachable": False}, "err", "damaged"),
        ({"created_at": timezone.now()}, "ok", "built today"),
    ],
)
def test_the_headline_says_how_the_search_is(fields, tone, word):
    with translation.override("en"):
        told = headline(index(**fields), rebuilding=False)
    assert told.tone == tone
    assert word in f"{told.sentence} {told.more}"
    assert (tone == "ok") == (not told.advice)


def test_the_headline_says_when_the_last_change_was_applied():
    just = timezone.now() - timedelta(seconds=3)
    with translation.override("en"):
        told = headline(index(), rebuilding=False, applied_at=just)
        waits = headline(index(pending_changes=1), rebuilding=False, applied_at=just)
    assert told.more.startswith("Last change applied ")
    assert waits.more == "1 change is waiting to be applied."


def test_while_the_first_index_is_built_nobody_is_told_to_build_it():
    assert headline(index(index=None), rebuilding=True).tone == "warn"


def test_a_card_only_for_what_the_user_may_launch(person, client_of):
    page = client_of(person("view_console")).get(HOME).content.decode()
    assert "data-launch" not in page
    page = client_of(person("view_console", "launch_rebuild_index", name="eva")).get(HOME)
    assert 'data-launch="rebuild_index"' in page.content.decode()


def test_an_active_run_takes_the_place_of_the_button(boss):
    boss.post("/admin/elasticsearch/rebuild/")
    page = boss.get(HOME).content.decode()
    assert 'data-launch="rebuild_index"' not in page
    assert "Ver la que está en cola" in page
    assert page.count("<run-progress") == 1


def test_one_failure_that_hung_does_not_flatten_the_picture(make_run):
    now = timezone.now()
    for seconds in (5, 5, 600):
        status = "FAILURE" if seconds == 600 else "SUCCESS"
        make_run(status=status, started_at=now - timedelta(seconds=seconds), finished_at=now)
    heights = [float(bar.height) for bar in past_runs("rebuild_index", {}).bars]
    assert heights == [24.0, 24.0, 24.0]


def test_a_card_tells_what_a_press_takes_and_a_run_what_its_like_take(boss, make_run):
    now = timezone.now()
    model = {"provider": "openai:gpt-4o-mini"}
    for seconds, given in ((2, {}), (3, {"provider": "lexicon"}), (4, {}), *([(9000, model)] * 3)):
        run = make_run(
            job="generate_keywords", status="SUCCESS", parameters=given, finished_at=now,
            started_at=now - timedelta(seconds=seconds),
        )  # fmt: skip
    card = next(card for card in boss.get(HOME).context["cards"] if card.definition.slug == run.job)
    assert (len(card.past.bars), card.past.usual) == (3, "2.0–4.0\N{NO-BREAK SPACE}s")
    past = boss.get(run.get_absolute_url()).context["past"]
    assert (len(past.bars), past.usual) == (3, "2\N{NO-BREAK SPACE}h 30\N{NO-BREAK SPACE}min")


def test_a_card_knows_its_past_until_another_run_ends(boss, make_run):
    def ends():
        now = timezone.now()
        make_run(status="SUCCESS", started_at=now - timedelta(seconds=2), finished_at=now)

    def read():
        """The bars shown, and how often a past was read for them."""
        with CaptureQueriesContext(connection) as asked:
            cards = boss.get(HOME).context["cards"]
        bars = [len(card.past.bars) for card in cards if card.past]
        return bars, sum('AS "took"' in query["sql"] for query in asked)

    for _ in range(3):
        ends()
    assert read() == ([3], 1)
    assert read() == ([3], 0)
    ends()
    assert read() == ([4], 1)


def test_trouble_unfolds_the_technical_details(boss):
    page = boss.get(HOME).content.decode()
    assert '<details class="co-sec co-fold" id="technical" open>' in page
    assert "celery -A sicargabox worker -Q elasticsearch" in page
    assert "no responde" in page  # no broker runs in these tests


def test_where_parts_are_services_the_pages_say_how_those_are_started(boss, settings):
    settings.START_COMMAND = "start the {part}, alias {unit}"
    for address in (HOME, "/admin/elasticsearch/schedules/"):
        page = boss.get(address).content.decode()
        assert "celery -A" not in page
        assert "manage.py dispatch" not in page
    assert "start the beat, alias beat" in page
    home = boss.get(HOME).content.decode()
    assert "start the worker-general, alias worker@general" in home
    # In the first line and among the technical details.
    assert home.count("start the dispatch, alias dispatch") == 2
    assert home.count("start the sync_index, alias sync-index") == 2


def missed(client):
    return {process.name for process in client.get(HOME).context["processes"] if process.missed}


@pytest.mark.parametrize(("name", "seconds"), [("dispatch", 20), ("beat", 20), ("sync_index", 120)])
def test_a_process_is_missed_when_it_was_silent_for_long(boss, name, seconds):
    PeriodicTask.objects.update(enabled=True)
    beat(name, "p1")
    ProcessBeat.objects.update(beat_at=timezone.now() - timedelta(seconds=seconds - 5))
    assert name not in missed(boss)
    ProcessBeat.objects.update(beat_at=timezone.now() - timedelta(seconds=seconds + 1))
    assert name in missed(boss)


def test_nobody_misses_beat_where_no_schedule_is_on(boss):
    PeriodicTask.objects.update(enabled=False)
    assert missed(boss) == {"dispatch", "sync_index"}
    assert "celery -A sicargabox beat" not in boss.get(HOME).content.decode()


def test_the_last_applied_change_stands_with_the_facts_of_the_index(boss):
    LastChange.note()
    page = boss.get(HOME).content.decode()
    assert "último cambio aplicado ahora mismo" in page


class TestWhatWasNotFound:
    def test_todays_queries_are_listed_with_a_link_to_add_the_word(self, boss):
        now = timezone.now()
        asked("botas & guantes", missed_at=now)
        asked("de ayer", missed_at=now - timedelta(days=1))
        asked("juzgada", missed_at=now, state="judged")
        answer = boss.get(HOME)
        assert [row.text for row in answer.context["missed"]] == ["botas & guantes"]
        assert "classify/?q=botas%20%26%20guantes&amp;add=1" in answer.content.decode()

    def test_only_a_handful_the_newest_first_and_the_way_to_all(self, boss):
        now = timezone.now()
        for n in range(7):
            asked(f"consulta {n}", missed_at=now - timedelta(milliseconds=n))
        answer = boss.get(HOME)
        assert [row.text[-1] for row in answer.context["missed"]] == list("01234")
        assert "/admin/elasticsearch/quality/#asked-h" in answer.content.decode()

    def test_without_any_it_says_so(self, boss):
        assert "Toda consulta de hoy encontró algo" in boss.get(HOME).content.decode()

    @pytest.mark.parametrize("also", ["classify_goods", "add_keyword"])
    def test_who_may_not_add_words_sees_the_query_alone(self, person, client_of, also):
        asked(missed_at=timezone.now())
        page = client_of(person("view_console", also)).get(HOME).content.decode()
        assert "zorbatrón" in page
        assert "add=1" not in page


class TestWhatWaitsForReview:
    @pytest.fixture(autouse=True)
    def waits(self, db):
        GenerationRun.objects.create(run_id="r1", provider="p", model="m", state="waiting")
        line = PartidaArancelaria.objects.create(item_no="6404.11.00.00", is_leaf=True)
        for text, verdict in (("tenis", "doubtful"), ("zapato", "passed")):
            Keyword.objects.create(
                partida=line, text=text, language="es", source="ai", verdict=verdict
            )

    def test_a_reviewer_is_told_how_much_and_where(self, person, client_of):
        page = client_of(person("view_console", "review_keywords")).get(HOME).content.decode()
        runs = "1 ejecución espera su decisión sobre sus palabras."
        assert f"{runs} 1 palabra espera revisión." in page
        assert 'href="/admin/elasticsearch/review/"' in page

    def test_nobody_else_is(self, person, client_of):
        assert "espera revisión" not in client_of(person("view_console")).get(HOME).content.decode()

    def test_and_no_reviewer_when_nothing_waits(self, boss):
        GenerationRun.objects.update(state="accepted")
        Keyword.objects.all().delete()
        assert "co-decide" not in boss.get(HOME).content.decode()


def test_recent_runs_say_how_they_ended(boss, make_run):
    make_run(
        status="SUCCESS", epoch=1, result={"documents": 7494, "verified": True},
        started_at=timezone.now() - timedelta(seconds=68), finished_at=timezone.now(),
    )  # fmt: skip
    page = boss.get(HOME).content.decode()
    assert "7,494 documentos, verificado" in page
    assert "1\N{NO-BREAK SPACE}min 8\N{NO-BREAK SPACE}s" in page


def test_recent_runs_are_not_those_that_run_by_themselves_all_day_unless_they_failed(
    boss, make_run
):
    for _ in range(9):
        make_run("check_runs", status="SUCCESS", finished_at=timezone.now())
    failed = make_run("collect_statistics", status="FAILURE", finished_at=timezone.now())
    page = boss.get(HOME).content.decode()
    assert "Revisar las ejecuciones" not in page
    assert failed.get_absolute_url() in page


def test_the_page_asks_the_database_a_bounded_number_of_times(
    boss, make_run, django_assert_max_num_queries
):
    for _ in range(12):
        make_run(status="SUCCESS", started_at=timezone.now(), finished_at=timezone.now())
    boss.get(HOME)
    with django_assert_max_num_queries(40):
        boss.get(HOME)


@pytest.mark.parametrize(
    ("health", "told"),
    [("green", "Elasticsearch verde"), ("yellow", "Elasticsearch amarillo"),
     ("red", "Elasticsearch rojo"), ("", "Elasticsearch")],
)  # fmt: skip
def test_the_search_server_is_shown_in_its_own_colour(health, told):
    index = IndexStatus("elasticsearch", "partidas", reachable=True, health=health)
    with translation.override("es-hn"):
        shown = render_to_string("console/home/engine.html", {"index": index})
    assert told in " ".join(shown.replace("</svg>", "</svg> ").split())
