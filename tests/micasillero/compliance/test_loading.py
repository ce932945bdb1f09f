"""The shipped rules, from their files into the database."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from micasillero.compliance import shipped
from micasillero.compliance.models import Rule, RuleStamp
from micasillero.compliance.shipped import Loaded, ShippedRulesError, read

WIDGET = """
[widget]
name = "Widgets"
category = "RESTRICTED"
severity = "high"
reason = "Necesitan permiso."
patterns = '''
widgets?
lámpara azul
'''
"""
ZORBO = WIDGET.replace("widget]", "zorbo]").replace("Widgets", "Zorbos")


@pytest.fixture
def ship(tmp_path, monkeypatch):
    """The product comes with these tables, in goods.toml, and with no others."""

    def files(text, name="goods.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        shipped.shipped_rules.cache_clear()

    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    shipped.shipped_rules.cache_clear()
    yield files
    shipped.shipped_rules.cache_clear()


@pytest.fixture
def empty(db):
    Rule.objects.all().delete()


def ours():
    return Rule.objects.get(shipped="goods-widget")


# --- reading ------------------------------------------------------------------------------------
def faults_of(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ShippedRulesError) as refused:
        read(sorted(tmp_path.glob("*.toml")))
    return str(refused.value).splitlines()


def test_a_table_is_a_rule(ship):
    ship(WIDGET)
    assert shipped.shipped_rules() == {
        "goods-widget": {
            "name": "Widgets",
            "category": "RESTRICTED",
            "severity": 3,
            "reason": "Necesitan permiso.",
            "patterns": "widgets?\nlámpara azul",
            "exceptions": "",
            "authority": "",
            "in_queries": True,
            "in_descriptions": True,
        }
    }


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        ('severity = "high"', 'severity = "awful"', "severity: is one of low, medium, high, crit"),
        ('severity = "high"', "", "severity: is one of"),
        ('severity = "high"', "severity = 3", "severity: is one of"),
        ('name = "Widgets"', "", "name: "),
        ('name = "Widgets"', 'name = ["Widgets"]', "name: is a text"),
        ('name = "Widgets"', f'name = "{"w" * 81}"', "name: "),
        ('"RESTRICTED"', '"ALLOWED"', "category: "),
        ("widgets?\n", "(widget\n", "patterns: Line 1: a parenthesis"),
        ("widgets?\nlámpara azul\n", "# nothing\n", "patterns: Write an expression"),
        ('reason = "Necesitan permiso."', 'in_queries = "no"', "in_queries: is true or false"),
        ('reason = "Necesitan permiso."', "", "reason: "),
        ("[widget]", "[widget]\ncolour = 'azul'", "colour: unknown"),
    ],
)
def test_a_fault_says_where_it_is(tmp_path, there, instead, told):
    (fault,) = faults_of(tmp_path, goods=WIDGET.replace(there, instead))
    assert fault.startswith(f"goods.toml [widget] {told}")


def test_what_is_no_table_is_told(tmp_path):
    assert faults_of(tmp_path, goods="widget = 1") == [
        "goods.toml [widget] table: this is none: write [rule], and below it what it says"
    ]


def test_a_table_whose_name_is_no_slug_is_told(tmp_path):
    (fault,) = faults_of(tmp_path, goods=WIDGET.replace("[widget]", '["un widget"]'))
    assert fault.startswith("goods.toml [un widget] shipped: ")


@pytest.mark.parametrize("text", ["[widget", 'name = "a" "b"', "[w]\nx=1\n[w]\n"])
def test_a_file_that_is_no_toml_is_told(tmp_path, text):
    (fault,) = faults_of(tmp_path, goods=text)
    assert fault.startswith("goods.toml: not readable as TOML: ")


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "goods.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ShippedRulesError, match=r"goods\.toml: not readable as TOML"):
        read([tmp_path / "goods.toml"])


def test_two_rules_of_one_name_are_told(tmp_path):
    faults = faults_of(tmp_path, goods=WIDGET, more=WIDGET)
    assert faults == ["Widgets: the name of 2 rules"]


def test_every_fault_of_every_file_is_told(tmp_path):
    bad = WIDGET.replace('"high"', '"awful"')
    worse = ZORBO.replace('"Necesitan permiso."', '""').replace("widgets?", "(widget")
    faults = faults_of(tmp_path, a="[", b=bad + worse, c="x = 1")
    places = ["a.toml: ", "b.toml [widget] severity", "b.toml [zorbo] reason"]
    places += ["b.toml [zorbo] patterns", "c.toml [x]"]
    assert len(faults) == len(places)
    for place in places:
        assert [fault for fault in faults if fault.startswith(place)], faults


# --- loading ------------------------------------------------------------------------------------
def test_migrate_loads_the_shipped_rules(db, empty):
    call_command("migrate", verbosity=0)
    assert set(Rule.objects.values_list("shipped", flat=True)) == set(shipped.shipped_rules())


def test_an_empty_table_gets_them_all(ship, empty):
    ship(WIDGET + ZORBO)
    assert shipped.load() == Loaded(2, 0, 0)
    assert (ours().name, ours().severity, ours().enabled) == ("Widgets", 3, True)


def test_twice_does_the_same_as_once(ship, empty):
    ship(WIDGET + ZORBO)
    shipped.load()
    before, stamp = list(Rule.objects.values()), RuleStamp.objects.get().stamp
    assert shipped.load() == Loaded(0, 0, 0)
    assert list(Rule.objects.values()) == before
    assert RuleStamp.objects.get().stamp == stamp


def test_a_new_version_brings_its_rules_up_to_date(ship, empty):
    ship(WIDGET)
    shipped.load()
    ship(WIDGET.replace("widgets?", "wodgets?").replace("Widgets", "Wodgets") + ZORBO)
    assert shipped.load() == Loaded(1, 1, 0)
    assert (ours().name, ours().patterns.split()[0]) == ("Wodgets", "wodgets?")


def test_what_a_person_changed_stays(ship, empty):
    ship(WIDGET)
    shipped.load()
    Rule.objects.update(patterns="zorbo", changed_at=timezone.now())
    assert shipped.load() == Loaded(0, 0, 1)
    assert ours().patterns == "zorbo"


def test_what_a_person_switched_off_stays_off(ship, empty):
    ship(WIDGET)
    shipped.load()
    Rule.objects.update(enabled=False, changed_at=timezone.now())
    ship(WIDGET.replace("widgets?", "wodgets?"))
    shipped.load()
    assert (ours().enabled, ours().patterns.split()[0]) == (False, "widgets?")


def test_a_rule_that_the_product_no_longer_has_stays(ship, empty):
    ship(WIDGET + ZORBO)
    shipped.load()
    ship(WIDGET)
    assert shipped.load() == Loaded(0, 0, 0)
    assert Rule.objects.filter(shipped="goods-zorbo").exists()


def own(name):
    told = {"category": "PROHIBITED", "severity": 1, "patterns": "azul", "reason": "Mine."}
    return Rule.objects.create(name=name, **told)


def test_a_name_that_a_persons_own_rule_has_stays_its(ship, empty):
    mine = own("Widgets")
    ship(WIDGET + ZORBO)
    assert shipped.load() == Loaded(1, 0, 0)
    mine.refresh_from_db()
    assert (mine.patterns, mine.shipped) == ("azul", None)


def test_a_rule_does_not_get_a_name_that_a_persons_own_has(ship, empty):
    ship(WIDGET)
    shipped.load()
    own("Wodgets")
    ship(WIDGET.replace("Widgets", "Wodgets"))
    assert shipped.load() == Loaded(0, 0, 1)
    assert ours().name == "Widgets"


def test_broken_files_load_nothing(ship, empty):
    ship(WIDGET)
    ship("[", name="other.toml")
    with pytest.raises(ShippedRulesError):
        shipped.load()
    assert not Rule.objects.exists()


def test_before_its_table_is_there_migrate_leaves_the_rules_out(db, monkeypatch):
    assert shipped.installed()
    monkeypatch.setattr(Rule._meta, "db_table", "not_there_yet")
    assert not shipped.installed()


# --- the command --------------------------------------------------------------------------------
def test_the_command_tells_what_it_did(ship, empty, capsys):
    ship(WIDGET)
    call_command("load_rules")
    told = capsys.readouterr().out
    assert told == "1 rules added, 0 brought up to date, 0 kept as changed.\n"


def test_the_command_tells_it_in_json(ship, empty, capsys):
    ship(WIDGET)
    call_command("load_rules", "--json")
    assert json.loads(capsys.readouterr().out) == {"added": 1, "updated": 0, "kept": 0}


def test_the_command_tells_what_is_wrong_with_the_files(ship, empty):
    ship(WIDGET.replace('"high"', '"awful"'))
    with pytest.raises(CommandError, match="severity: is one of") as refused:
        call_command("load_rules")
    assert refused.value.returncode == 1
    assert not Rule.objects.exists()
