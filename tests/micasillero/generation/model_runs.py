"""A run by a model over three lines, and work that watches it."""

from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.work import SilentWork

CODES = ("6404.11.00.00", "6404.19.00.00", "9503.00.10.00")


class Watched(SilentWork):
    """Notes what it was told; may resume, stop or lose its worker."""

    def __init__(self, resumed_from=0, dies_at=None, stops_at=None):
        self.resumed_from, self.dies_at, self.stops_at = resumed_from, dies_at, stops_at
        self.kept, self.refused, self.noted, self.said = [], [], [], None

    def keep(self, done):
        if done == self.dies_at:
            raise KeyboardInterrupt
        self.kept.append(done)

    def refuse(self, item, code, message, **params):
        self.refused.append((item, code, params.get("reason", "")))

    def note(self, message, *, level="info", **params):
        self.noted.append((params["provider"], params["reason"]))

    def report(self, done, total=None, message="", *, phase="", **params):
        self.said = (done, total)

    def should_stop(self):
        return self.stops_at is not None and len(self.kept) >= self.stops_at


def run(work=None, provider="anthropic", run_id="r1", **options):
    options.setdefault("scope", Scope())
    return generate(work or SilentWork(), provider=provider, run_id=run_id, **options)
