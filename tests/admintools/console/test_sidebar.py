"""The admin's side bar: which entry is the page one is on."""

import re

import pytest

CURRENT = re.compile(r'<a href="([^"]+)" aria-current="page">')


def marked(client, address):
    page = client.get(address).content.decode()
    assert page.count("current-model") == len(CURRENT.findall(page))
    return CURRENT.findall(page)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/elasticsearch/",
        "/admin/elasticsearch/classify/",
        "/admin/elasticsearch/tasks/",
        "/admin/elasticsearch/dashboard/",
        "/admin/elasticsearch/schedules/",
        "/admin/elasticsearch/statistics/",
        "/admin/elasticsearch/system/",
        "/admin/elasticsearch/alerts/",
        "/admin/elasticsearch/rules/",
        "/admin/elasticsearch/quality/",
        "/admin/elasticsearch/notifications/",
        "/admin/elasticsearch/import/",
        "/admin/auth/user/",
        "/admin/admintools/taskhistory/",
    ],
)
def test_each_page_is_marked_and_no_other(boss, address):
    assert marked(boss, address) == [address]


def test_a_page_without_an_entry_belongs_to_the_one_above_it(boss, make_run, batch):
    assert marked(boss, make_run().get_absolute_url()) == ["/admin/elasticsearch/"]
    preview = f"/admin/elasticsearch/import/{batch.pk}/"
    assert marked(boss, preview) == ["/admin/elasticsearch/import/"]
    manifests = "/admin/elasticsearch/classify/manifests/"
    assert marked(boss, manifests) == ["/admin/elasticsearch/classify/"]
    assert marked(boss, "/admin/auth/user/add/") == ["/admin/auth/user/"]


def test_the_start_page_marks_none(boss):
    assert marked(boss, "/admin/") == []


def test_who_may_not_see_the_console_has_no_entry_for_it(person, client_of):
    page = client_of(person("cancel_run")).get("/admin/").content.decode()
    assert "/admin/elasticsearch/" not in page


def test_who_may_only_classify_has_that_entry_alone(person, client_of):
    page = client_of(person("classify_goods")).get("/admin/").content.decode()
    assert page.count('href="/admin/elasticsearch/') == page.count("/admin/elasticsearch/classify/")


def test_who_may_do_nothing_is_told_so(person, client_of):
    page = client_of(person()).get("/admin/").content.decode()
    assert "<table" not in page
    assert "permiso" in page
