"""Every text of the product has its Spanish; none is empty, fuzzy or unknown to the catalogue."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = ROOT / "locale" / "es" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
PYTHON = ("admintools", "micasillero", "sicargabox")
# As Django itself turns a template into calls: {% blocktranslate %} and _("...") among them.
LITERAL = re.compile(r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
IN_TEMPLATE = re.compile(rf"\b(?P<call>n?p?gettext|_)\((?P<texts>(?:\s*{LITERAL.pattern},?)+)")
IN_SCRIPT = re.compile(r"""gettext\("(?P<text>(?:[^"\\]|\\.)+)"\)""")


def catalogue(domain):
    return polib.pofile(str(CATALOGUES / f"{domain}.po"))


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_entry_is_translated(domain):
    po = catalogue(domain)
    assert len(po) > 5
    assert [entry.msgid for entry in po if not entry.translated()] == []
    assert [entry.msgid for entry in po.fuzzy_entries()] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_are_the_same_in_both_languages(domain):
    def names(text):
        return set(re.findall(r"%\((\w+)\)s", text))

    wrong = []
    for entry in catalogue(domain):
        pairs = [(entry.msgid, entry.msgstr)]
        if entry.msgid_plural:  # "every day", "every 2 days": each form has its own
            forms = (entry.msgstr_plural[0], entry.msgstr_plural[1])
            pairs = list(zip((entry.msgid, entry.msgid_plural), forms, strict=True))
        wrong += [entry.msgid for text, told in pairs if names(text) != names(told)]
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_the_written_one(domain):
    def whole(entries):
        return {(e.msgctxt, e.msgid, e.msgstr, *e.msgstr_plural.values()) for e in entries}

    compiled = polib.mofile(str(CATALOGUES / f"{domain}.mo"))
    assert whole(compiled) == whole(catalogue(domain))


def literals(path):
    """(context, msgid) of each call that marks a text in a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if node.func.id in PLAIN and texts and isinstance(texts[0], str):
            yield None, texts[0]
        elif node.func.id in IN_CONTEXT:
            yield texts[0], texts[1]


def test_the_catalogue_knows_every_text_of_the_code():
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue("django")}
    files = [path for package in PYTHON for path in (ROOT / package).rglob("*.py")]
    used = {text for path in files for text in literals(path)}
    assert len(used) > 100
    assert used - known == set(), "run makemessages, translate, compilemessages"


def texts_of_template(source):
    """(context, msgid) of each text that a template marks, plurals too."""
    for match in IN_TEMPLATE.finditer(templatize(source)):
        texts = [ast.literal_eval(found) for found in LITERAL.findall(match["texts"])]
        context = texts.pop(0) if "pgettext" in match["call"] else None
        yield from ((context, text) for text in texts)


def test_the_catalogue_knows_every_text_of_the_templates():
    entries = list(catalogue("django"))
    known = {(e.msgctxt, text) for e in entries for text in (e.msgid, e.msgid_plural)}
    files = (ROOT / "templates").rglob("*.html")
    used = {text for path in files for text in texts_of_template(path.read_text(encoding="utf-8"))}
    assert len(used) > 400
    assert used - known == set(), "run makemessages, translate, compilemessages"


def test_every_way_of_marking_a_text_in_a_template_is_seen():
    template = """
      {% translate "one" %}{% translate 'two' context "verb" %}{{ x|default:_("three") }}
      {% blocktranslate trimmed with n=x %}
        four
        {{ n }}
      {% endblocktranslate %}
      {% blocktranslate count n=x %}five{% plural %}five %{% endblocktranslate %}"""
    assert list(texts_of_template(template)) == [
        (None, "one"), ("verb", "two"), (None, "three"), (None, "four %(n)s"),
        (None, "five"), (None, "five %%"),
    ]  # fmt: skip


def test_the_catalogue_knows_every_text_of_the_scripts():
    known = {entry.msgid for entry in catalogue("djangojs")}
    used = {
        match["text"]
        for path in (ROOT / "static").rglob("*.js")
        for match in IN_SCRIPT.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 5
    assert used - known == set()


def test_the_browser_gets_the_catalogue_in_its_language(boss):
    assert "Conexi\\u00f3n" in boss.get("/admin/elasticsearch/i18n.js").content.decode()
    english = boss.get("/admin/elasticsearch/i18n.js", headers={"Accept-Language": "en"})
    assert "Conexi" not in english.content.decode()
