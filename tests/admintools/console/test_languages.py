"""A page speaks one language: no sentence of the other, whatever state its rows are in."""

import html
import re
from pathlib import Path

import polib
import pytest

from tests.support.hostile import installation, superuser
from tests.support.hostile_pages import pages

ROOT = Path(__file__).resolve().parents[3]
# Shorter texts, and those with a value in them, may be found by chance.
LEAST = 15
NO_TEXT = re.compile(r"<script.*?</script>|<style.*?</style>", re.DOTALL)


def catalogue():
    """{English: Spanish} of what can be looked for in a page."""
    entries = polib.pofile(str(ROOT / "locale/es/LC_MESSAGES/django.po"))
    pairs = {entry.msgid: entry.msgstr for entry in entries if not entry.msgid_plural}
    return {
        one: other
        for one, other in pairs.items()
        if len(one) >= LEAST and len(other) >= LEAST and "%" not in one + other and one != other
    }


def shown(client, address, language):
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, address
    return html.unescape(NO_TEXT.sub("", answer.content.decode()))


@pytest.mark.parametrize(("language", "own"), [("en", 0), ("es-HN", 1)])
def test_no_page_has_a_sentence_of_the_other_language(db, client_of, language, own):
    user = superuser("ana")
    boss, made = client_of(user), installation("tenis", user)
    pairs = catalogue().items()
    mine, foreign = {pair[own] for pair in pairs}, {pair[1 - own] for pair in pairs}
    assert len(foreign) > 400
    strange = {}
    for address in pages(made):
        page = shown(boss, address, language)
        assert any(text in page for text in mine), address
        if found := [text for text in foreign - mine if text in page]:
            strange[address] = found
    assert strange == {}
