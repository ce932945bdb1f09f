"""Fixtures of every test."""

import gc
import io
import json
import logging
import os
from typing import NoReturn

import pytest
from django.core.cache import caches

from admintools.jobs import queues
from sicargabox import logs
from tests.support.ai_server import AIServer
from tests.support.clocks import SOAK
from tools.spawned import Unavailable


def missing(reason: object) -> NoReturn:
    """Skip, saying why; under REQUIRE_ALL=1 (CI) a missing server is a failure."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, and {reason}")
    pytest.skip(str(reason))


def started(server):
    """Start a server of tests.support, or skip."""
    try:
        return server.start()
    except Unavailable as reason:
        missing(reason)


@pytest.fixture(autouse=True)
def no_facts_of_another_test():
    """Facts are kept for a moment, figures for a minute; the rows of the last test are gone."""
    queues.forget()
    caches["default"].clear()


@pytest.fixture
def log_lines():
    """What is logged from now on, as it is kept in production: call it for a list of dicts."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter("json"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)


# Files that take half a minute or more begin first: last, the other workers would wait for them.
LONG = (
    *("live/search/test_quality.py", "live/test_up.py", "live/faults/test_zombie_rebuild.py"),
    *("live/faults/test_elasticsearch.py", "live/search/test_rebuild_faults.py"),
    *("live/search/test_rebuild_elasticsearch_faults.py", "live/search/test_rebuild_downtime.py"),
    *("live/faults/test_lost_workers.py", "live/test_worker_shutdown.py"),
    *("live/elasticsearch_node/test_node.py", "live/test_benchmarks.py"),
    *("live/test_keyword_jobs.py", "live/test_index_jobs.py", "live/test_restore.py"),
    *("sicargabox/test_demo.py", "sicargabox/test_bootstrap.py"),
    "admintools/console/test_generated_requests.py",
)


# What takes long to show what its neighbours show already, or shows it on the other engine:
# `make soak` has them.
ONLY_SOAKED = (
    "test_zombie_rebuild.py::test_it_wakes_before_anybody_has_taken_over[elasticsearch]",
    "test_zombie_rebuild.py::test_it_wakes_before_anybody_has_taken_over[tantivy]",
    "test_zombie_rebuild.py::test_it_wakes_beside_the_next_attempt[elasticsearch]",
    "test_zombie_rebuild.py::test_it_wakes_after_the_next_attempt[elasticsearch]",
    "test_node.py::test_with_a_password_nobody_else_is_let_in",
    "test_node.py::test_a_node_ends_with_a_starter_that_was_killed",
    # A node that hangs for good: test_rebuild_elasticsearch_faults.py.
    "test_elasticsearch.py::test_a_node_that_hangs_in_a_bulk_costs_the_run_an_attempt",
    "test_rebuild_elasticsearch_faults.py::test_a_node_that_hangs_for_a_moment_is_waited_for",
    "test_keyword_jobs.py::test_everyday_words_find_the_line_without_a_rebuild[elasticsearch]",
    # A node killed in a bulk, through a worker: faults/test_elasticsearch.py. Just before the swap
    # only [confirm] kills it, so that one stays.
    "test_rebuild_faults.py::test_a_node_killed_during_a_rebuild_leaves_the_old_index[index]",
    "test_broker_outages.py::test_busy_workers_go_on_through_an_outage_of_the_broker[1.0]",
    # Without a worker: test_rebuild_protocol.py.
    *(
        "test_index_jobs.py::test_a_cancelled_rebuild_leaves_the_live_index_and_nothing_half_built"
        f"[{engine}]"
        for engine in ("elasticsearch", "tantivy")
    ),
    "test_benchmarks.py::test_it_prints_one_json_line[history]",
    "test_benchmarks.py::test_it_prints_one_json_line[ingest]",
    # Elasticsearch is what production has.
    "test_rebuild_downtime.py::test_a_client_sees_neither_error_nor_partial_answer_in_any_rebuild"
    "[tantivy-1]",
    "test_rebuild_elasticsearch_faults.py::test_a_full_write_queue_is_waited_for[narrow]",
    # Workers are killed in the middle of other jobs too.
    "test_manifest_jobs.py::test_a_killed_worker_costs_no_line_its_hits",
    "test_keyword_jobs.py::test_a_killed_worker_costs_no_line_its_words",
    "test_up.py::test_kill_9_leaves_no_process_and_nothing_in_the_way",
    "test_worker_shutdown.py::test_a_worker_that_did_forty_runs_holds_no_more_connections",
    # One number of them on this engine, all on the other.
    "test_as_many_previous_indices_are_kept_as_the_settings_say[elasticsearch-0]",
    "test_as_many_previous_indices_are_kept_as_the_settings_say[elasticsearch-3]",
    "test_lost_workers.py::test_a_killed_pool_child_loses_no_run[trial_count]",
    "test_cleanup.py::test_jobs_do_not_notice_a_cleanup_of_a_million_rows",
    "test_benchmarks.py::test_it_prints_one_json_line[dashboard]",
    "test_benchmarks.py::test_it_prints_one_json_line[rules]",
    "test_benchmarks.py::test_it_prints_one_json_line[launch]",
    "test_benchmarks.py::test_it_prints_one_json_line[rebuild]",
    "test_benchmarks.py::test_it_prints_one_json_line[live]",
    "test_benchmarks.py::test_it_prints_one_json_line[search]",
    "test_benchmarks.py::test_live_hears_of_every_write_at_every_socket",
    # .ci/run makes the demo itself, from a clean clone.
    "test_up.py::test_the_demo_indexes_the_built_in_catalogue_and_says_so_in_json",
    "test_index_jobs.py::test_a_worker_killed_mid_rebuild_costs_an_attempt_and_nothing_else"
    "[elasticsearch]",
)


def pytest_collection_finish() -> None:
    """What is loaded stays: a seventh of the time of the pages' tests went into looking through it
    for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(config, items):
    soaked = [item for item in items if not SOAK and item.nodeid.endswith(ONLY_SOAKED)]
    config.hook.pytest_deselected(items=soaked)
    items[:] = [item for item in items if item not in soaked]
    items.sort(key=lambda item: not item.nodeid.partition("::")[0].endswith(LONG))
    for item in items:
        folder = item.path.relative_to(item.config.rootpath).parts
        if "live" in folder:
            item.add_marker(pytest.mark.live)
        if "e2e" in folder:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture
def ai_server(settings):
    """A language model's server that this process is configured for."""
    with AIServer() as server:
        server.configure(settings)
        yield server
