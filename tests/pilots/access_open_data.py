"""Who may take open data: everybody, the same for whoever asks."""

from typing import Any

from tests.access import Route, everybody

READ_ONLY = everybody(405)


def _year(world: Any) -> dict[str, Any]:
    return {"year": world.challenge.publish_at.year}


def _slug(world: Any) -> dict[str, Any]:
    return {"slug": world.challenge.slug}


def _table(world: Any) -> dict[str, Any]:
    return {"table": "challenges"}


def _row(world: Any) -> dict[str, Any]:
    return {"table": "challenges", "key": world.challenge.reference}


def _feed(world: Any) -> dict[str, Any]:
    return {"feed": "results"}


ROUTES = {
    "pilots:feed_atom": Route(get=everybody(), post=READ_ONLY, kwargs=_feed),
    "pilots:feed_json": Route(get=everybody(), post=READ_ONLY, kwargs=_feed),
    "pilots:feed_html": Route(get=everybody(), post=READ_ONLY, kwargs=_feed),
    "pilots:catalogue_jsonld": Route(get=everybody(), post=READ_ONLY),
    "pilots:catalogue_rdf": Route(get=everybody(), post=READ_ONLY),
    "pilots:data_csv": Route(get=everybody(), post=READ_ONLY, kwargs=_table),
    "pilots:data_xlsx": Route(get=everybody(), post=READ_ONLY, kwargs=_table),
    "pilots:data_columns": Route(get=everybody(), post=READ_ONLY, kwargs=_table),
    "pilots:api_description": Route(get=everybody(), post=READ_ONLY),
    "pilots:api_rows": Route(get=everybody(), post=READ_ONLY, kwargs=_table),
    "pilots:api_row": Route(get=everybody(), post=READ_ONLY, kwargs=_row),
    "pilots:impact_latest": Route(get=everybody(), post=READ_ONLY),
    "pilots:impact": Route(get=everybody(), post=READ_ONLY, kwargs=_year),
    "pilots:annual_report": Route(get=everybody(), post=READ_ONLY, kwargs=_year),
    "pilots:open_data": Route(get=everybody(), post=READ_ONLY),
    "pilots:ocds_all_releases": Route(get=everybody(), post=READ_ONLY),
    "pilots:ocds_all_records": Route(get=everybody(), post=READ_ONLY),
    "pilots:ocds_year_releases": Route(get=everybody(), post=READ_ONLY, kwargs=_year),
    "pilots:ocds_year_records": Route(get=everybody(), post=READ_ONLY, kwargs=_year),
    "pilots:ocds_releases": Route(get=everybody(), post=READ_ONLY, kwargs=_slug),
    "pilots:ocds_record": Route(get=everybody(), post=READ_ONLY, kwargs=_slug),
}
