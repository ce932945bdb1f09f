"""Files that hold a secret."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Readable by this user only from the first byte on, and never half written."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
