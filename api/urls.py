"""Addresses for programs: the search is everybody's, events come from those with a token."""

from django.urls import path

from . import events, search

app_name = "api"
urlpatterns = [
    path("search/", search.search_page, name="search"),
    path("events/", events.events_page, name="events"),
    path("events/schema/", events.schema_page, name="events_schema"),
]
