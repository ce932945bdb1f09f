"""The domain's exceptions in the job engine's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from admintools.jobs import faults
from micasillero import work


@contextmanager
def domain_faults() -> Iterator[None]:
    """Translate what a body of the domain raises; all else is a defect and passes as it is."""
    try:
        yield
    except work.Stopped as stopped:
        raise faults.Stopped from stopped
    except work.TryAgain as again:
        raise faults.Passing("unavailable", str(again), after=again.after) from again
    except work.WorkError as error:
        raise faults.Failed(error.code, error.message, error.params) from error
