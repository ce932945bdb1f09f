"""Every page at every width, for every eye: no sideways scroll, nothing that axe calls serious."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import LogLine, Source
from admintools.notify.announcing import announce_test
from admintools.notify.kinds import EVENTS
from admintools.notify.models import Delivery, Subscription
from admintools.notify.sender import SWITCHED_OFF
from micasillero.catalog.models import PartidaArancelaria
from tests.admintools.console.quality_rows import asked, kept
from tests.e2e.test_launching import in_progress
from tests.micasillero.compliance.rows import alert
from tests.micasillero.events.rows import searched
from tests.support.site import ended, run_until

LONG = 60_000
PAGES = (
    "",
    "launch/rebuild_index/",
    "launch/cleanup/",
    "launch/rollback_index/",
    "launch/generate_keywords/",
    "launch/learn_keywords/",
    "launch/evaluate_search/",
    "launch/compare_providers/",
    "import/",
    "tasks/",
    "schedules/",
    "statistics/",
    "dead-letters/",
    "system/",
    "classify/?q=tela&code=@line&cif=100&why=1",
    "classify/manifests/",
    "quality/",
    "dashboard/",
    "review/",
    "notifications/",
    "notifications/add/",
    "notifications/deliveries/",
    "alerts/",
    "rules/",
    "rules/add/",
)
BY_TEST = Initiator(Source.COMMAND, name="a-user-with-a-name-of-more-than-forty-characters-x")
# What Django's own admin frame brings along is not ours to mend.
OURS = {"include": [["#content"]]}


WIDTHS = (320, 375, 768, 1005, 1280)
# In the dark only the colours are others.
SCHEMES = (("light", DEFAULT_OPTIONS), ("dark", {"runOnly": ["color-contrast"]}))
SETTLE = """document.getAnimations()
  .filter((change) => change instanceof CSSTransition)
  .forEach((change) => change.finish())"""
# Behind an address: it is looked at with its dialog open.
DIALOG = "#dialog"


@pytest.fixture
def site(site):
    """With a model to choose: without one its fields are not shown."""
    site.env["ANTHROPIC_API_KEY"] = "none"
    return site


@pytest.fixture
def pages(console) -> list[str]:
    """The addresses of all pages, those of a run in progress, a finished and a failed one too."""
    console.site.worker("learning", name="trial")
    good = launch("rebuild_index", initiator=BY_TEST)
    bad = launch("trial_trouble", parameters={"how": "defect"}, initiator=BY_TEST)
    for ranks in ({"tenis": 1, "foco": None}, {"tenis": 2, "foco": 1}):
        kept(**ranks)
    message = given_up()
    asked(folded="zorbatron")
    for query in ("zorbatrón", "zapatos de cuero con suela de caucho antideslizante"):
        searched(query, "ana", "beto", "carla", results=0, occurred_at=timezone.now())
    alert(text="W" * 190, found="W" * 190, note="W" * 190)
    for run in (good, bad):
        run_until(run, ended, timeout=60)
    for level in ("info", "warning", "error"):
        LogLine.objects.create(run=bad, at=timezone.now(), level=level, text=level, item="8517")
    busy = in_progress("rebuild_index", resource="", phase="index", done=4721, total=7494)
    line = PartidaArancelaria.objects.leaves().first().item_no
    paths = [f"/admin/elasticsearch/{path.replace('@line', line)}" for path in PAGES]
    runs = [busy.get_absolute_url() + DIALOG, good.get_absolute_url(), bad.get_absolute_url()]
    paths += [f"/admin/elasticsearch/notifications/deliveries/{message.pk}/"]
    return [*paths, f"{bad.get_absolute_url()}log/", *runs]


def given_up() -> Delivery:
    """A message of a team's subscription, switched off since: with everything that a row shows."""
    subscription = Subscription.objects.create(
        team=Group.objects.create(name="Guardia de la noche y de los fines de semana"),
        events=[kind.value for kind in EVENTS],
        jobs=["rebuild_index", "generate_keywords"],
        channel="webhook",
        address="https://a-host-with-a-name-of-sixty-characters-and-more.hooks.example.hn/x",
        quiet_from="22:00",
        quiet_until="06:00",
        digest_minutes=15,
        off_reason=SWITCHED_OFF,
    )
    message = announce_test(subscription, "staff")
    Delivery.objects.claim(message.pk).give_up("gone", "The receiver says that it is gone (410).")
    Subscription.objects.update(enabled=False)
    return message


def at(console, path: str) -> Page:
    page = console.open(path)
    page.wait_for_load_state("networkidle")
    if path.endswith(DIALOG):
        page.locator("[data-cancel]").click()
        expect(page.locator("dialog[open]")).to_be_visible()
    return page


def too_wide(page: Page) -> Iterator[tuple[int, int]]:
    """(width of the window, of what is in it) where that is more."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            yield width, found


def serious_faults(page: Page) -> Iterator[tuple[str, str, str]]:
    """(colours, rule, the first place) of what axe finds."""
    for scheme, rules in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLE)
        for fault in Axe().run(page, OURS, rules).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                yield scheme, fault["id"], fault["nodes"][0]["html"][:160]


def test_no_page_scrolls_sideways_and_axe_finds_nothing_serious_in_light_and_dark(console, pages):
    """The three at one look at each page, since opening it takes longest."""
    wide, serious = {}, {}
    for path in pages:
        page = at(console, path)
        wide[path] = list(too_wide(page))
        serious[path] = list(serious_faults(page))
    assert {path: found for path, found in wide.items() if found} == {}
    assert {path: found for path, found in serious.items() if found} == {}


MOVING = """[...document.querySelectorAll('#content *')].filter((element) => {
  const style = getComputedStyle(element);
  const lasts = (text) => text.split(',').some((part) => parseFloat(part) > 0.01);
  return lasts(style.animationDuration) && style.animationName !== 'none'
      || lasts(style.transitionDuration) && style.transitionProperty !== 'none';
}).map((element) => element.outerHTML.slice(0, 120))"""
COLOURS = """bar => [
  getComputedStyle(bar).fill, getComputedStyle(bar.parentElement).backgroundColor
]"""


def test_the_readers_wishes_are_kept(console, pages):
    """Forced colours, no motion, paper: one site for the three, since starting it takes longest."""
    page = at(console, pages[-2])
    page.emulate_media(forced_colors="active")
    filled, empty = page.locator("[role=progressbar] rect").last.evaluate(COLOURS)
    assert filled != empty
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference", media="print")
    expect(page.locator("#outcome").first).to_be_visible()
    expect(page.locator("#content button:visible")).to_have_count(0)
