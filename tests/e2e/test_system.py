"""The page of the system in a browser: it renews itself while somebody looks."""

from playwright.sync_api import expect

from admintools.jobs.beats import beat
from admintools.jobs.models import ProcessBeat

SYSTEM = "/admin/elasticsearch/system/"


def test_it_renews_itself_and_says_when_it_cannot(unattended):
    page = unattended.page
    page.clock.install()
    unattended.open(SYSTEM)
    expect(page.get_by_text("general@here")).to_have_count(0)
    beat("worker", "general@here", ["celery"])
    page.clock.run_for(10_500)
    expect(page.get_by_text("general@here")).to_be_visible()

    late = page.get_by_text("El sitio no responde")
    expect(late).to_be_hidden()
    unattended.web.freeze()
    page.clock.run_for(60_000)
    expect(late).to_be_visible()
    ProcessBeat.objects.all().delete()
    unattended.web.thaw()
    page.clock.run_for(21_000)
    expect(page.get_by_text("general@here")).to_have_count(0)
    expect(late).to_be_hidden()


def test_without_the_permission_it_stops_and_says_so(unattended):
    page = unattended.page
    page.clock.install()
    unattended.open(SYSTEM)
    page.context.clear_cookies()
    page.clock.run_for(10_500)
    expect(page.get_by_text("La sesión terminó.")).to_be_visible()
    expect(page.get_by_role("link", name="Entrar de nuevo")).to_be_visible()
