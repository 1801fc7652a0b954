"""Mi mesa: what needs this person now, and every component on one page for those who build."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.shell import registry, words


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the person signed in, the nearest deadline first."""
    at = clock.now()
    items = registry.desk.items(request.user, at=at)
    acting = registry.desk.acting(request.user)
    own, others = _by_acting(items, acting)
    dated = next((item for item in items if item.due_at is not None and item.due_at >= at), None)
    return render(
        request,
        "shell/desk.html",
        {
            "at": at,
            "items": items,
            "own": own,
            "others": others,
            "acts_for": acting.names[acting.key] if acting and acting.key else "",
            "late": sum(item.late for item in items),
            "next_due": words.duration_until(dated.due_at, at) if dated else "",
            "roles": " · ".join(str(label) for label in _role_labels(request)),
            "panels": registry.desk_panels.sections(request.user, at=at),
            "links": registry.desk_links.entries(request.path, user=request.user),
        },
    )


def _by_acting(
    items: list[registry.DeskItem], acting: registry.Acting | None
) -> tuple[list[registry.DeskItem], list[tuple[str, list[registry.DeskItem]]]]:
    """Return what is the person's own or of the one they act for, then the rest by name. All are first while none is.

    Where it isn't told apart by headings, each item says whose it is.
    """
    if acting is None:
        return items, []
    if not acting.key:
        return [_named(item, acting.names.get(item.of, "")) for item in items], []
    own = [item for item in items if item.of in ("", acting.key) or item.of not in acting.names]
    others = [
        (name, [item for item in items if item.of == key]) for key, name in acting.names.items() if key != acting.key
    ]
    return own, [(name, found) for name, found in others if found]


def _named(item: registry.DeskItem, name: str) -> registry.DeskItem:
    if not name or name in item.title or name in item.detail:
        return item
    return replace(item, detail=" · ".join(filter(None, (item.detail, name))))


def _role_labels(request: HttpRequest) -> list[str]:
    """Return the person's roles in words; a company's person has none here."""
    user = request.user
    labels = [
        (roles.is_director(user), _("Directorate")),
        (roles.is_officer(user), _("Digital Office")),
        (roles.is_auditor(user), _("Internal control")),
        (bool(roles.departments_of(user)), _("Digital delegate")),
        (user.is_superuser, _("Platform administration")),
    ]
    return [label for holds, label in labels if holds]
