"""Every page at every width, for every eye: no sideways scroll, nothing that axe calls serious."""

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import Page, expect

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source
from micasillero.catalog.models import PartidaArancelaria
from tests.support.site import ended, run_until

LONG = 60_000
PAGES = (
    "",
    "launch/rebuild_index/",
    "launch/cleanup/",
    "launch/rollback_index/",
    "import/",
    "tasks/",
    "schedules/",
    "classify/?q=tela&code=@line&cif=100&why=1",
    "classify/manifests/",
    "review/",
)
BY_TEST = Initiator(Source.COMMAND, name="a-user-with-a-name-of-more-than-forty-characters-x")
# What Django's own admin frame brings along is not ours to mend.
OURS = {"include": [["#content"]]}


@pytest.fixture
def pages(console) -> list[str]:
    """The addresses of all pages, a finished and a failed run's among them."""
    console.site.worker("learning", name="trial")
    good = launch("rebuild_index", initiator=BY_TEST)
    bad = launch("trial_trouble", parameters={"how": "defect"}, initiator=BY_TEST)
    for run in (good, bad):
        run_until(run, ended, timeout=60)
    line = PartidaArancelaria.objects.leaves().first().item_no
    paths = [f"/admin/elasticsearch/{path.replace('@line', line)}" for path in PAGES]
    return [*paths, good.get_absolute_url(), bad.get_absolute_url()]


def at(console, path: str) -> Page:
    page = console.open(path)
    page.wait_for_load_state("networkidle")
    return page


def test_no_page_scrolls_sideways_at_any_width(console, pages):
    too_wide = []
    for path in pages:
        page = at(console, path)
        for width in (320, 375, 768, 1005, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                too_wide.append((path, width, found))
    assert too_wide == []


def test_axe_finds_nothing_serious_in_light_and_dark(console, pages):
    serious = []
    # In the dark only the colours are others.
    for scheme, rules in (("light", DEFAULT_OPTIONS), ("dark", {"runOnly": ["color-contrast"]})):
        console.page.emulate_media(color_scheme=scheme)
        for path in pages:
            found = Axe().run(at(console, path), OURS, rules).response["violations"]
            serious += [
                (scheme, path, fault["id"], fault["nodes"][0]["html"][:160])
                for fault in found
                if fault["impact"] in ("serious", "critical")
            ]
    assert serious == []


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
