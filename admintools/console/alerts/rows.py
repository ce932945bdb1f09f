"""An alert as a row of the list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from micasillero.compliance.handling import WAYS, Action
from micasillero.compliance.models import Alert, AlertState

from .forms import ALL


@dataclass(frozen=True)
class Row:
    """One alert, and what may be done with it as it stands."""

    alert: Alert

    @property
    def actions(self) -> list[Action]:
        return actions_for(self.alert.state)

    @property
    def who(self) -> Any:
        """The person who brought it to its state; None while it is open, or if that one is gone."""
        closed = self.alert.state == AlertState.CLOSED
        return self.alert.closed_by if closed else self.alert.acknowledged_by

    @property
    def since(self) -> datetime | None:
        closed = self.alert.state == AlertState.CLOSED
        return self.alert.closed_at if closed else self.alert.acknowledged_at


def actions_for(state: str) -> list[Action]:
    """What leads out of a state; out of any, for ALL."""
    return [action for action, (sources, _to) in WAYS.items() if state == ALL or state in sources]
