"""Compile the .po files, or check that each .mo holds what its .po says.

The .mo files are committed, so that gettext is not needed to run; a stale one would show old
texts to everybody and to no test.
"""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def catalogues() -> list[Path]:
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))


def faults(po_path: Path) -> list[str]:
    """What is wrong with one catalogue, in sentences; empty when all is well."""
    name = po_path.relative_to(ROOT)
    catalogue = polib.pofile(str(po_path))
    found = [f"{name}: {entry.msgid!r} is fuzzy." for entry in catalogue.fuzzy_entries()]
    found += [f"{name}: {entry.msgid!r} is empty." for entry in catalogue.untranslated_entries()]
    mo_path = po_path.with_suffix(".mo")
    if not mo_path.exists():
        return [*found, f"{name}: its .mo is missing. Run: make messages"]
    if _texts(polib.mofile(str(mo_path))) != _texts(catalogue):
        found.append(f"{name}: its .mo is older than it. Run: make messages")
    return found


def _texts(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str | None, str], object]:
    return {
        (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in catalogue.translated_entries()
    }


def main(arguments: list[str]) -> int:
    if arguments != ["--check"]:
        for path in catalogues():
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
        return 0
    found = [fault for path in catalogues() for fault in faults(path)]
    if not catalogues():
        found.append("locale/ holds no catalogue.")
    for fault in found:
        print(fault)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
