"""Addresses: open data."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.feeds import api, catalogue, files, news, ocds, open_data

urlpatterns = [
    path(pgettext_lazy("url", "data/"), open_data.page, name="open_data"),
    path(pgettext_lazy("url", "data/catalogue.jsonld"), catalogue.as_json_ld, name="catalogue_jsonld"),
    path(pgettext_lazy("url", "data/catalogue.rdf"), catalogue.as_rdf, name="catalogue_rdf"),
    path(pgettext_lazy("url", "data/ocds/releases.jsonl"), ocds.all_releases, name="ocds_all_releases"),
    path(pgettext_lazy("url", "data/ocds/records.jsonl"), ocds.all_records, name="ocds_all_records"),
    path(pgettext_lazy("url", "data/ocds/<int:year>/releases.json"), ocds.releases_of_year, name="ocds_year_releases"),
    path(pgettext_lazy("url", "data/ocds/<int:year>/records.json"), ocds.records_of_year, name="ocds_year_records"),
    path(pgettext_lazy("url", "data/ocds/<slug:slug>/releases.json"), ocds.releases_of_challenge, name="ocds_releases"),
    path(pgettext_lazy("url", "data/ocds/<slug:slug>/record.json"), ocds.record_of_challenge, name="ocds_record"),
    path(pgettext_lazy("url", "data/files/<slug:table>.csv"), files.as_csv, name="data_csv"),
    path(pgettext_lazy("url", "data/files/<slug:table>.xlsx"), files.as_xlsx, name="data_xlsx"),
    path(pgettext_lazy("url", "data/files/<slug:table>.columns.json"), files.columns, name="data_columns"),
    path(pgettext_lazy("url", "data/api/openapi.json"), api.description, name="api_description"),
    path(pgettext_lazy("url", "data/api/v1/<slug:table>/"), api.rows, name="api_rows"),
    path(pgettext_lazy("url", "data/api/v1/<slug:table>/<str:key>/"), api.row, name="api_row"),
    path(pgettext_lazy("url", "data/feeds/<slug:feed>.atom"), news.as_atom, name="feed_atom"),
    path(pgettext_lazy("url", "data/feeds/<slug:feed>.json"), news.as_json, name="feed_json"),
    path(pgettext_lazy("url", "data/feeds/<slug:feed>.html"), news.as_html, name="feed_html"),
]
