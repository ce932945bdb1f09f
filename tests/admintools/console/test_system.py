"""The page of the system: Redis, queues and workers as they are now."""

import pytest

from admintools.console.formatting import NBSP
from admintools.jobs.beats import beat
from admintools.jobs.models import Status, TaskHistory
from admintools.jobs.registry import QUEUES
from admintools.watch import messages, servers
from tests.admintools.watch.test_redis import message
from tests.conftest import started
from tests.support.servers import RedisServer

PAGE = "/admin/elasticsearch/system/"
EN = {"Accept-Language": "en"}
FREE = "redis://127.0.0.1:1"


@pytest.fixture
def apart(broker, settings):
    """The broker's server and another for the cache, as in production."""
    second = started(RedisServer(password="hunter2", settings={"maxmemory-policy": "allkeys-lru"}))
    settings.CELERY_RESULT_BACKEND = broker.url(1)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": second.url(2)}}
    settings.CHANNELS_URL = second.url(5)
    servers.client.cache_clear()
    yield broker, second
    second.close()


@pytest.fixture
def nowhere(settings):
    """No Redis answers, which on this address is known at once."""
    settings.CELERY_BROKER_URL = settings.CELERY_RESULT_BACKEND = settings.CHANNELS_URL = FREE
    servers.client.cache_clear()


def read(client):
    """The text of the page, blanks made one."""
    answer = client.get(PAGE, headers=EN)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace(NBSP, " ").split())


def test_it_needs_its_permission(person, client_of, nowhere):
    assert client_of(person("view_console")).get(PAGE).status_code == 403
    assert client_of(person("view_system", name="eva")).get(PAGE).status_code == 200


def test_both_servers_have_a_panel(boss, apart):
    page = read(boss)
    assert 'id="redis-a">Redis A' in page
    assert 'id="redis-b">Redis B' in page
    assert "queues: messages that wait for a worker" in page
    assert "allkeys-lru" in page
    assert "may throw queued runs away" not in page


def test_one_server_for_all_has_one_panel(boss, apart, settings):
    settings.CHANNELS_URL = apart[0].url(5)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "local"}}
    page = read(boss)
    assert "Redis A" in page
    assert "Redis B" not in page


def test_no_password_is_on_the_page(boss, apart):
    assert "hunter2" not in read(boss)


def test_a_broker_that_may_evict_is_said_with_what_to_do(boss, apart):
    apart[0].client().config_set("maxmemory-policy", "volatile-lru")
    assert "set maxmemory-policy noeviction" in read(boss)


def test_a_broker_that_is_nearly_full_is_said_with_what_to_do(boss, apart):
    client = apart[0].client()
    client.config_set("maxmemory", int(client.info("memory")["used_memory"] * 1.05))
    assert "Redis is full, or soon will be: give it more memory" in read(boss)


def test_a_server_that_is_away_is_said_and_the_rest_is_shown(boss, apart):
    apart[0].stop()
    beat("worker", "one@here", ["celery"])
    page = read(boss)
    assert page.count("It does not answer: connection refused") == 1
    assert "Nothing starts; what is launched is kept" in page
    assert "Redis B" in page and "one@here" in page
    assert page.count("unknown") == len(QUEUES)


def test_a_cache_that_is_away_stops_no_job(boss, apart):
    apart[1].stop()
    assert "do not move by themselves until it answers; jobs go on" in read(boss)


def test_servers_that_hang_do_not_keep_the_page(boss, apart):
    for server in apart:
        server.freeze()
    try:
        assert read(boss).count("It does not answer") == 2
    finally:
        for server in apart:
            server.thaw()


def test_a_queue_that_nobody_serves_is_red_with_the_command(boss, nowhere):
    beat("worker", "one@here", [queue for queue in QUEUES if queue != "events"])
    page = read(boss)
    assert page.count("co-note is-err co-unserved") == 1
    assert "No worker serves the queue events." in page
    assert "celery -A sicargabox worker -Q events" in page


def test_messages_that_wait_are_shown_by_their_ids(boss, apart, make_run):
    run = make_run(job="cleanup")
    client = apart[0].client()
    client.lpush("celery", message(args=(run.pk, 1)))
    client.lpush("celery\x06\x166", *(message(task="<b>x</b>", args=(n, 1)) for n in range(12)))
    page = read(boss)
    assert "priority 0: 1, priority 6: 12" in page
    assert f'<a href="{run.get_absolute_url()}">{run.pk}</a>' in page
    assert page.count("&lt;b&gt;x&lt;/b&gt;") == messages.SHOWN - 1
    assert "and 3 more" in page
    assert "hunter2" not in page


def test_a_row_of_another_task_is_not_taken_for_a_run(boss, apart, make_run):
    run = make_run(job="cleanup")
    apart[0].client().lpush("events", message("admintools.tasks.ingest_events", (run.pk,)))
    assert run.get_absolute_url() not in read(boss)


def test_a_worker_has_its_figures_and_a_link_to_its_run(boss, nowhere, make_run):
    beat("worker", "one@here", ["celery"], pool=4, reserved=1, memory=314_572_800)
    run = make_run(job="cleanup", worker="one@here")
    TaskHistory.objects.filter(pk=run.pk).update(status=Status.PROGRESS)
    page = read(boss)
    assert "300 MB" in page
    assert f'<a href="{run.get_absolute_url()}">' in page


def test_no_worker_at_all_is_said(boss, nowhere):
    assert "No worker was heard of within the last day." in read(boss)


def test_the_questions_to_the_database_are_few(boss, nowhere, django_assert_max_num_queries):
    for n in range(10):
        beat("worker", f"w{n}@here", ["celery"])
    boss.get(PAGE)
    with django_assert_max_num_queries(12):
        boss.get(PAGE)


def test_home_leads_there_who_may_see_it(boss, person, client_of):
    home = "/admin/elasticsearch/"
    assert f'href="{PAGE}"' in boss.get(home).content.decode()
    assert PAGE not in client_of(person("view_console")).get(home).content.decode()
