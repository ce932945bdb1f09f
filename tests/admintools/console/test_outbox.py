"""What waits for a slow client stays small and stays the newest."""

import asyncio

from admintools.console.outbox import MOST_LINES, MOST_RUNS, Outbox


def state(task_id="a", epoch=1, seq=1, at="2026-01-01T00:00:00", **more):
    return {"task_id": task_id, "epoch": epoch, "seq": seq, "server_time": at, **more}


def states(box):
    return box.take()[0]


def test_only_the_latest_state_of_a_run_is_kept():
    box = Outbox()
    for seq in range(10_000):
        box.put_state(state(seq=seq))
    assert [told["seq"] for told in states(box)] == [9999]


def test_an_older_state_never_replaces_a_newer():
    box = Outbox()
    box.put_state(state(epoch=2, seq=1))
    box.put_state(state(epoch=1, seq=50))
    assert [told["epoch"] for told in states(box)] == [2]


def test_between_equals_the_later_reading_wins():
    box = Outbox()
    box.put_state(state(at="2026-01-01T00:00:05", state="queued"))
    box.put_state(state(at="2026-01-01T00:00:01", state="no-worker"))
    assert [told["state"] for told in states(box)] == ["queued"]


def test_states_of_many_runs_are_bounded():
    box = Outbox()
    for number in range(10 * MOST_RUNS):
        box.put_state(state(task_id=str(number)))
    kept = states(box)
    assert len(kept) == MOST_RUNS
    assert kept[-1]["task_id"] == str(10 * MOST_RUNS - 1)


def test_lines_are_bounded_sorted_and_each_once():
    box = Outbox()
    for number in reversed(range(3 * MOST_LINES)):
        box.put_lines([{"id": number}])
    box.put_lines([{"id": 3 * MOST_LINES - 1}])
    lines = box.take()[1]
    assert [line["id"] for line in lines] == list(range(2 * MOST_LINES, 3 * MOST_LINES))


def test_what_was_taken_is_gone():
    box = Outbox()
    box.put_state(state())
    box.put_pong()
    assert box.take()[2]
    assert box.take() == ([], [], False)


async def wakes_of(box, *waits):
    """How many seconds each wait took."""
    loop = asyncio.get_running_loop()
    took = []
    for until in waits:
        began = loop.time()
        async with asyncio.timeout(5):
            await box.wait(until=began + until)
        took.append(loop.time() - began)
    return took


async def test_what_is_put_ends_the_wait_at_once():
    box = Outbox()
    asyncio.get_running_loop().call_later(0.02, box.put_pong)
    (took,) = await wakes_of(box, 4.0)
    assert took < 2.0


async def test_the_clock_ends_each_wait_by_itself():
    took = await wakes_of(Outbox(), 0.05, 0.05)
    assert all(0.04 < seconds < 2.0 for seconds in took)


async def test_the_same_moment_wakes_again_after_a_message():
    box, loop = Outbox(), asyncio.get_running_loop()
    until = loop.time() + 0.1
    box.put_pong()
    await box.wait(until=until)
    assert loop.time() < until
    async with asyncio.timeout(5):
        await box.wait(until=until)
    assert loop.time() >= until - 0.01


async def test_a_moment_that_is_over_wakes_too():
    box, loop = Outbox(), asyncio.get_running_loop()
    for _ in range(2):
        async with asyncio.timeout(5):
            await box.wait(until=loop.time() - 1.0)
