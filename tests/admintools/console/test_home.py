"""The first page: a sentence for a person, the cards, what runs, and the details when needed."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from admintools.console.charts import past_runs
from admintools.console.home.headline import headline
from admintools.jobs.beats import beat
from admintools.jobs.models import ProcessBeat
from micasillero.search.status import IndexStatus

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
        ({"created_at": timezone.now()}, "ok", "built today"),
    ],
)
def test_the_headline_says_how_the_search_is(fields, tone, word):
    with translation.override("en"):
        told = headline(index(**fields), rebuilding=False)
    assert told.tone == tone
    assert word in f"{told.sentence} {told.more}"
    assert (tone == "ok") == (not told.advice)


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


def test_the_dispatcher_is_silent_after_twenty_seconds(boss):
    beat("dispatch", "d1")
    assert boss.get(HOME).context["dispatcher_ok"]
    ProcessBeat.objects.update(beat_at=timezone.now() - timedelta(seconds=21))
    assert not boss.get(HOME).context["dispatcher_ok"]


def test_recent_runs_say_how_they_ended(boss, make_run):
    make_run(
        status="SUCCESS", epoch=1, result={"documents": 7494, "verified": True},
        started_at=timezone.now() - timedelta(seconds=68), finished_at=timezone.now(),
    )  # fmt: skip
    page = boss.get(HOME).content.decode()
    assert "7,494 documentos, verificado" in page
    assert "1\N{NO-BREAK SPACE}min 8\N{NO-BREAK SPACE}s" in page


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
