"""The dashboard of the day: figures that grow old, are counted again, and lead to what to do."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from micasillero.quality.models import AskedQuery
from tests.micasillero.events.rows import searched

# A press before is one too soon, and counts nothing (ANEW_AFTER).
OLD_ENOUGH = re.compile(r"hace ([6-9]|\d\d)\s")


def test_it_says_its_age_is_counted_again_and_leads_to_what_was_missed(unattended):
    now = timezone.now()
    AskedQuery.objects.create(
        folded="burros", text="burros", times=3, without=3, first_at=now, last_at=now
    )
    searched("burros", "ana", "beto", "carla", results=0, occurred_at=now)
    page = unattended.open("/admin/elasticsearch/dashboard/")
    events = page.locator("#facts-h .co-q")
    expect(events).to_have_text("3")
    expect(page.locator(".co-hours svg")).to_be_visible()
    searched("tenis", "ana", "beto", results=5, occurred_at=now)
    # It stays open: its figures are those of before, and it says since when.
    expect(page.locator("time-ago")).to_have_text(OLD_ENOUGH, timeout=30_000)
    expect(events).to_have_text("3")
    page.get_by_role("button", name="Contar de nuevo").click()
    expect(events).to_have_text("5")
    page.get_by_role("link", name="Juzgar: burros").click()
    expect(page.locator("[name=relevant]")).to_be_visible()
