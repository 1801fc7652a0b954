"""Who may open which address of writing: previews, history, templates, and needs that departments share."""

from typing import Any

from tests.access import Route, everybody, only
from tests.challenges.access_challenges import ONLY_DEPARTMENT, PRIVATE_405, draft, under_review

OFFICE = ("officer", "director")
CITY = ("delegate", "other_delegate", *OFFICE)


def _preview(world: Any) -> dict[str, Any]:
    return {"token": world.preview_token}


def _template(world: Any) -> dict[str, Any]:
    return {"public_id": world.template.public_id}


# A need is read by the city's people, but not by the department whose it is.
NEED = only("other_delegate", *OFFICE) | {"delegate": 404}

ROUTES = {
    "challenges:resume": Route(get=only("delegate", status=302, others=404), kwargs=draft),
    "challenges:history": Route(get=ONLY_DEPARTMENT, kwargs=draft),
    "challenges:preview": Route(get=ONLY_DEPARTMENT, post=only("delegate", status=422, others=404), kwargs=draft),
    "challenges:preview_revoke": Route(get=PRIVATE_405, post=only(others=404), kwargs=draft),
    # The token entitles, not a person.
    "challenges:shared_preview": Route(get=everybody(), post=everybody(405), kwargs=_preview),
    "challenges:shared_document": Route(
        get=everybody(),
        post=everybody(405),
        kwargs=lambda world: _preview(world) | {"file_id": world.draft_document.file.public_id},
    ),
    "challenges:show_idea": Route(get=PRIVATE_405, post=only("delegate", status=302, others=404), kwargs=draft),
    "challenges:merge": Route(
        get=only("officer", others=404) | {"delegate": 403, "director": 403},
        post=only("officer", status=422, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:needs": Route(get=only(*CITY)),
    "challenges:need": Route(
        get=NEED, post=only("other_delegate", status=422) | {"delegate": 404}, kwargs=under_review
    ),
    "challenges:need_withdraw": Route(get=PRIVATE_405, post=only(*CITY, status=404), kwargs=under_review),
    "challenges:templates": Route(get=only("officer")),
    "challenges:new_template": Route(get=only("officer"), post=only("officer", status=422)),
    "challenges:template": Route(get=only("officer"), post=only("officer", status=422), kwargs=_template),
    "challenges:template_retire": Route(get=PRIVATE_405, post=only("officer", status=302), kwargs=_template),
}
