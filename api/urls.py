"""Addresses for programs. All are public and read only."""

from django.urls import path

from . import search

app_name = "api"
urlpatterns = [path("search/", search.search_page, name="search")]
