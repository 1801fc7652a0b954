"""Changing the portal's own pages, each change a version."""

from datetime import datetime
from typing import Any

from django.db import transaction

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.programme.models import Page, PageVersion

FIELDS = ("title", "title_en", "body", "body_en")


@transaction.atomic
def save_page(page: Page, *, note: str = "", by: User, at: datetime, **values: Any) -> Page:
    """Write a page; what it said before stays as a version. `values`: those of `FIELDS`. The caller checks who may."""
    row = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    changed = [name for name in FIELDS if name in values and getattr(row, name) != values[name]]
    if not changed:
        return row
    last = row.versions.order_by("-number").values_list("number", flat=True).first()
    if last is None:
        _cut(row, 1, "", row.updated_at, row.updated_by)
        last = 1
    for name in changed:
        setattr(row, name, values[name])
    row.updated_at, row.updated_by = at, by
    row.save()
    _cut(row, last + 1, note, at, by)
    audit.record("page.changed", target=row, by=by, at=at, fields=changed, new=str(last + 1))
    return row


def _cut(row: Page, number: int, note: str, at: datetime, by: User | None) -> None:
    words = {name: getattr(row, name) for name in FIELDS}
    PageVersion.objects.create(page=row, number=number, note=note, at=at, by=by, **words)
