"""What the pages list: figures of an outcome, parameters, what a launch would do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A label over a value, with a line below. ``code`` values are names of the machine's, such
    as an index; ``tone`` is ok for what is well, plain for words among figures."""

    label: str
    value: str
    hint: str = ""
    code: bool = False
    tone: str = ""
