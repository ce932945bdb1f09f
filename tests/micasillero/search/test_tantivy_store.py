"""The directories of the embedded engine: what a killed process leaves and who may write."""

import multiprocessing
import threading

import pytest

from micasillero.search.engines.tantivy_store import Store, locked
from micasillero.work import TryAgain, WorkError


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path, "partidas")


def create(store, name):
    with store.creating(name):
        pass


def test_an_index_that_fails_to_be_made_is_not_there(store):
    with pytest.raises(RuntimeError), store.creating("a"):
        raise RuntimeError
    assert store.indices() == []
    assert list(store.root.iterdir()) == []


def test_what_a_process_died_in_the_middle_of_is_swept(store):
    create(store, "a")
    for name in (".new-b", ".trash-c"):
        (store.root / name).mkdir()
    (store.root / ".link-d").symlink_to("a")
    store.sweep_scratch()
    assert [path.name for path in store.root.iterdir()] == ["a"]


def test_the_alias_moves_in_one_step(store):
    create(store, "a")
    create(store, "b")
    store.swap("a", None)
    store.swap("b", "a")
    assert store.live() == "b"
    assert [(i.name, i.live, i.building) for i in store.indices()] == [
        ("b", True, False),
        ("a", False, False),
    ]


@pytest.mark.parametrize("expected", [None, "b", "nowhere"])
def test_a_swap_on_a_wrong_belief_is_refused(store, expected):
    create(store, "a")
    create(store, "b")
    store.swap("a", None)
    with pytest.raises(WorkError) as refused:
        store.swap("b", expected)
    assert refused.value.code == "swap_refused"
    assert store.live() == "a"


def test_a_name_is_used_once(store):
    create(store, "a")
    with pytest.raises(WorkError) as refused:
        create(store, "a")
    assert refused.value.code == "index_exists"


def test_a_lock_that_is_held_is_waited_for_and_then_given_up(tmp_path):
    with locked(tmp_path / "lock"), pytest.raises(TryAgain), locked(tmp_path / "lock", 0.2):
        pass


def test_a_lock_is_taken_over_when_its_holder_ends(tmp_path):
    held, release = threading.Event(), threading.Event()

    def hold():
        with locked(tmp_path / "lock"):
            held.set()
            release.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    threading.Timer(0.2, release.set).start()
    with locked(tmp_path / "lock", 5):
        assert release.is_set()
    thread.join()


def _hold_for_ever(path, held):
    with locked(path):
        held.set()
        threading.Event().wait()


def test_a_killed_process_holds_no_lock(tmp_path):
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=_hold_for_ever, args=(tmp_path / "lock", held))
    process.start()
    try:
        assert held.wait(30)
        with pytest.raises(TryAgain), locked(tmp_path / "lock", 0.1):
            pass
    finally:
        process.kill()
        process.join()
    with locked(tmp_path / "lock", 1):
        pass
