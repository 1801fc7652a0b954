"""Addresses: open data."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.feeds import ocds, open_data

urlpatterns = [
    path(pgettext_lazy("url", "data/"), open_data.page, name="open_data"),
    path(pgettext_lazy("url", "data/ocds/releases.jsonl"), ocds.all_releases, name="ocds_all_releases"),
    path(pgettext_lazy("url", "data/ocds/records.jsonl"), ocds.all_records, name="ocds_all_records"),
    path(pgettext_lazy("url", "data/ocds/<int:year>/releases.json"), ocds.releases_of_year, name="ocds_year_releases"),
    path(pgettext_lazy("url", "data/ocds/<int:year>/records.json"), ocds.records_of_year, name="ocds_year_records"),
    path(pgettext_lazy("url", "data/ocds/<slug:slug>/releases.json"), ocds.releases_of_challenge, name="ocds_releases"),
    path(pgettext_lazy("url", "data/ocds/<slug:slug>/record.json"), ocds.record_of_challenge, name="ocds_record"),
]
