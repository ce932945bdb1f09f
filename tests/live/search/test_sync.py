"""Between rebuilds: what changes in the database reaches the live index."""

import logging
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.search.models import LastChange
from micasillero.search.query import search
from micasillero.search.status import index_status
from micasillero.search.sync import run_sync, sync_all, sync_once
from micasillero.work import TryAgain

from .conftest import LINES
from .doubles import Through, altering

WITHIN_SECONDS = 2.0


def codes(text, k=10):
    return [hit.code for hit in search(text, k).hits]


@contextmanager
def syncing(engine, **options):
    """`sync_index` in a thread."""
    over = threading.Event()

    def work():
        run_sync(over.is_set, engine=engine, **options)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)
        assert not thread.is_alive()


def seconds_until(condition, patience=10.0):
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > patience:
            pytest.fail(f"not within {patience} s")
        time.sleep(0.02)
    return time.monotonic() - started


def save(line):
    line.descripcion = "Pararrayos"
    line.save()


def update(line):
    PartidaArancelaria.objects.filter(pk=line.pk).update(descripcion="Pararrayos")


def bulk_update(line):
    line.descripcion = "Pararrayos"
    PartidaArancelaria.objects.bulk_update([line], ["descripcion"])


def through_the_branch(line):
    line.parent.descripcion = "Pararrayos"
    line.parent.save()


@pytest.mark.parametrize("change", [save, update, bulk_update, through_the_branch])
def test_a_change_is_found_within_two_seconds(live, lines, change):
    line = lines[0]
    with syncing(live):
        seconds_until(lambda: not DirtyPartida.objects.exists())
        change(line)
        assert seconds_until(lambda: line.item_no in codes("pararrayos")) < WITHIN_SECONDS


def test_a_new_line_and_a_deleted_one_follow_within_two_seconds(live, lines):
    gone = lines[0].item_no
    with syncing(live):
        with transaction.atomic():
            PartidaArancelaria.objects.create(
                item_no="9503.00.00.00", descripcion="Muñecas de trapo", is_leaf=True
            )
            PartidaArancelaria.objects.filter(item_no=gone).delete()
        took = seconds_until(lambda: codes("muñecas") and gone not in codes(gone))
        assert took < WITHIN_SECONDS


def test_a_line_that_is_no_leaf_any_more_leaves_the_index(live, lines):
    line = lines[0]
    line.is_leaf = False
    line.save()
    sync_once(live)
    assert line.item_no not in codes(line.item_no)


def test_plain_sql_is_healed_by_the_full_comparison(live, lines):
    line, gone = lines[0], lines[1]
    with connection.cursor() as cursor:
        table = PartidaArancelaria._meta.db_table
        cursor.execute(
            f'UPDATE "{table}" SET descripcion = %s WHERE id = %s', ["Pararrayos", line.pk]
        )
        cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [gone.pk])
    assert sync_once(live) == 0
    assert sync_all(live) == 2
    assert codes("pararrayos") == [line.item_no]
    assert gone.item_no not in codes(gone.item_no)
    assert sync_all(live) == 0


def test_the_full_comparison_comes_by_itself(live, lines, settings):
    settings.SYNC_FULL_EVERY = 0.5
    line = lines[0]
    with syncing(live):
        time.sleep(0.2)
        with connection.cursor() as cursor:
            table = PartidaArancelaria._meta.db_table
            cursor.execute(
                f'UPDATE "{table}" SET descripcion = %s WHERE id = %s', ["Pararrayos", line.pk]
            )
        seconds_until(lambda: codes("pararrayos") == [line.item_no])


def test_documents_of_lines_that_are_not_there_go_in_the_full_comparison(live, lines):
    """Before the first line, between two and after the last."""
    ids = [lines[0].pk, lines[LINES // 2].pk, lines.last().pk]
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{PartidaArancelaria._meta.db_table}" WHERE id IN (%s, %s, %s)', ids
        )
    assert sync_all(live) == 3
    assert live.count(live.alias) == LINES - 3


def test_only_the_rows_that_were_read_are_deleted(live, lines):
    update(lines[0])

    def hashes_of(target, ids):
        if DirtyPartida.objects.count() == 1:
            # Committed by somebody while we reconcile.
            update(lines[1])
        return live.hashes_of(target, ids)

    sync_once(Through(live, hashes_of=hashes_of))
    assert list(DirtyPartida.objects.values_list("partida_id", flat=True)) == [lines[1].pk]


def test_nothing_is_lost_when_the_engine_is_away(live, lines, caplog):
    """The rows wait, one line is logged, and the first good round brings them in."""
    away = threading.Event()
    away.set()

    def live_index():
        if away.is_set():
            raise TryAgain("Elasticsearch does not answer.")
        return live.live_index()

    caplog.set_level(logging.INFO, logger="micasillero.search.sync")
    with syncing(Through(live, live_index=live_index)):
        update(lines[0])
        time.sleep(1.5)
        assert DirtyPartida.objects.count() == 1
        away.clear()
        seconds_until(lambda: codes("pararrayos") == [lines[0].item_no])
        seconds_until(lambda: "sync_index works again" in caplog.messages)
    assert caplog.messages.count("sync_index waits: Elasticsearch does not answer.") == 1


def test_a_line_that_the_engine_refuses_does_not_block_the_others(live, lines):
    bad, good = lines[0], lines[1]
    update(bad)
    update(good)
    broken = altering(
        live, lambda line: line._replace(hash=2**63 + 5) if line.pk == bad.pk else line
    )
    sync_once(broken)
    assert codes("pararrayos") == [good.item_no]
    assert not DirtyPartida.objects.exists()


def test_changes_before_the_first_rebuild_do_not_pile_up(engine, lines):
    update(lines[0])
    assert sync_once(engine) == 0
    assert not DirtyPartida.objects.exists()
    assert LastChange.when() is None


def test_changes_are_not_held_up_by_a_long_full_comparison(live, lines, settings, monkeypatch):
    """Ten chunks of a second each; the change must not wait for the last of them."""
    settings.SYNC_FULL_EVERY = 0.0
    monkeypatch.setattr("micasillero.search.reading.CHUNK", 200)
    monkeypatch.setattr(f"micasillero.search.engines.{live.name}.PAGE", 200)

    def slowly(target):
        for page in live.ids_and_hashes(target):
            time.sleep(1)
            yield page

    with syncing(Through(live, ids_and_hashes=slowly)):
        time.sleep(0.5)
        update(lines[0])
        assert seconds_until(lambda: codes("pararrayos") == [lines[0].item_no]) < 3


def test_it_is_kept_when_a_change_was_applied_last(live, lines):
    assert LastChange.when() is None
    for line in lines[:2]:
        before = timezone.now()
        update(line)
        sync_once(live)
        applied_at = LastChange.when()
        assert applied_at is not None
        assert before < applied_at < timezone.now()


def test_what_is_healed_counts_as_applied_and_an_equal_index_as_nothing(live, lines):
    sync_all(live)
    assert LastChange.when() is None
    update(lines[0])
    DirtyPartida.objects.all().delete()
    sync_all(live)
    assert LastChange.when()


def test_the_status_tells_how_many_changes_wait_and_since_when(live, lines):
    before = timezone.now()
    update(lines[0])
    update(lines[1])
    status = index_status()
    assert (status.reachable, status.pending_changes) == (True, 2)
    assert status.oldest_change_at is not None
    assert before < status.oldest_change_at < timezone.now()
    assert (status.documents, status.database_documents) == (LINES, LINES)
    assert (status.index, status.engine, status.alias) == (
        live.live_index(), live.name, live.alias,
    )  # fmt: skip
    assert status.created_at is not None
    assert status.previous is None


def test_the_status_of_an_engine_that_is_away_is_a_value(transactional_db, settings):
    from micasillero.search.engines.elasticsearch import ElasticsearchEngine

    # Port 9 is "discard": nothing listens.
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    started = time.monotonic()
    status = index_status(ElasticsearchEngine.from_settings())
    assert time.monotonic() - started < 1.5
    assert not status.reachable
    assert status.detail.startswith("Elasticsearch does not answer.")
    assert status.database_documents == 0
