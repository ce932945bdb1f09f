"""A language model from the browser: what it costs is seen before, what it wrote afterwards."""

import pytest
from playwright.sync_api import expect

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.models import GenerationRun
from tests.support.ai_server import AIServer


@pytest.fixture
def model(site):
    """Before the console's processes start: they are told where it is."""
    for number in range(6):
        PartidaArancelaria.objects.create(
            item_no=f"9503.00.{number:02}.00", descripcion=f"Juguetes {number}", is_leaf=True
        )
    with AIServer() as server:
        site.env.update(server.env)
        yield server


def test_a_run_is_priced_launched_and_compared(model, console):
    page = console.open("/admin/elasticsearch/launch/generate_keywords/")
    page.select_option("#id_provider", "anthropic:claude-haiku-5-5")
    page.fill("#id_chapter", "95")
    page.fill("#id_max_cost", "1")
    panel = page.locator("launch-preview")
    expect(panel).to_contain_text("US$")
    expect(panel).to_contain_text("1.00")
    expect(panel).to_have_attribute("data-state", "ready")
    assert model.requests == []
    page.click("#launch-form [type=submit]")
    expect(page.locator("#outcome")).to_contain_text("Llamadas al modelo", timeout=60_000)
    run = GenerationRun.objects.get()
    assert (run.state, run.calls) == ("waiting", len(model.requests))

    page.goto(console.url + "/admin/elasticsearch/launch/compare_providers/")
    page.fill("#id_sample", "4")
    page.fill("#id_chapter", "95")
    expect(panel).to_contain_text("gpt-6-luna")
    page.click("#launch-form [type=submit]")
    expect(page.locator("#outcome")).to_be_visible(timeout=60_000)
    page.click("text=Ver los dos modelos lado a lado")
    expect(page.locator("h1")).to_contain_text("claude-haiku-5-5 / gpt-6-luna")
    expect(page.locator("tbody").last).to_contain_text("cosa")
