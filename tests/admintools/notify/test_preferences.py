"""When a subscription wants its next message."""

from datetime import datetime, time

import pytest
from django.utils import timezone

from admintools.notify.preferences import after_quiet

NIGHT = (time(22), time(6))
NOON = (time(12), time(14))


def local(text):
    return timezone.make_aware(datetime.fromisoformat(f"2026-11-{text}"))


@pytest.mark.parametrize(
    ("at", "hours", "then"),
    [
        ("26T21:59", NIGHT, "26T21:59"),
        ("26T22:00", NIGHT, "27T06:00"),
        ("26T23:30", NIGHT, "27T06:00"),
        ("27T00:00", NIGHT, "27T06:00"),
        ("27T05:59", NIGHT, "27T06:00"),
        ("27T06:00", NIGHT, "27T06:00"),
        ("26T11:59", NOON, "26T11:59"),
        ("26T12:00", NOON, "26T14:00"),
        ("26T14:00", NOON, "26T14:00"),
    ],
)
def test_a_message_waits_for_the_end_of_the_quiet_hours(at, hours, then):
    assert after_quiet(local(at), *hours) == local(then)
