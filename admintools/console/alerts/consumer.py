"""The socket of the alerts page: how many are open, and what has just come.

A message is ``{"type": "alerts", "server_time", "open", "levels": {severity: open}, "sentence"}``;
``sentence`` tells of alerts that are new since the one before, "" where there are none. Alerts
themselves are not sent: the page fetches its list anew, through its own filters.
"""

from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone, translation

from admintools.console.consumers import LiveConsumer
from admintools.watch import alert_channel

from . import counts, wording


class AlertsConsumer(LiveConsumer):
    """One open page. However many alerts come at once, it is told at most once a second."""

    group = alert_channel.ALERTS

    async def connect(self) -> None:
        self.counted: dict[str, Any] | None = None
        self.new = 0
        self.worst: dict[str, Any] = {}
        await super().connect()

    def hear(self, event: dict[str, Any]) -> None:
        if event["type"] == "alerts.new":
            self.new += event["count"]
            if event["severity"] >= self.worst.get("severity", 0):
                self.worst = event
        self.snapshot_asked = True
        self.outbox.wake.set()

    async def _take_snapshot(self) -> None:
        (self.counted,) = await self.heard.read(database_sync_to_async(_counted))

    async def _send_what_waits(self) -> None:
        _states, _lines, pong = self.outbox.take()
        if self.counted:
            counted, self.counted = self.counted, None
            await self.send_json({**counted, "sentence": self._news()})
        if pong:
            await self.send_json({"type": "pong"})

    def _news(self) -> str:
        count, worst = self.new, self.worst
        self.new, self.worst = 0, {}
        if not count:
            return ""
        with translation.override(self.language):
            return wording.news(count, worst["severity"], worst["rule"])


def _counted() -> list[dict[str, Any]]:
    levels = counts.levels()
    return [
        {
            "type": "alerts",
            "server_time": timezone.now().isoformat(),
            "open": sum(level.open for level in levels),
            "levels": {str(level.severity.value): level.open for level in levels},
        }
    ]
