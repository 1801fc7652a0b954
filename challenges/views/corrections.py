"""Published notices in words: what each one changed."""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField
from django.utils.translation import gettext as _

from challenges.models import Challenge, Correction, CorrectionKind, Criterion, Status
from govtech.statements import Slot, Statement

TEXTS = {CorrectionKind.TEXT, CorrectionKind.CRITERIA, CorrectionKind.AMOUNT}


_PUBLISHED = Statement(
    lambda: (
        Correction.objects.filter(challenge=Slot("challenge", BigIntegerField()))
        .select_related("old_file", "new_file")
        .order_by("number")
    )
)


def described(challenge: Challenge) -> list[Correction]:
    """Return the published notices in order. Each has `before` and `after` (a moved closing), or `what` and `texts`.

    Two queries at most.
    """
    rows = _PUBLISHED.rows(challenge=challenge.pk)
    names: dict[str, str] = {}
    if any(row.kind == CorrectionKind.CRITERIA for row in rows):
        names = {str(pk): name for pk, name in challenge.criteria.order_by("pk").values_list("pk", "name")}
    for row in rows:
        _describe(row, names)
    return rows


def _describe(row: Any, names: dict[str, str]) -> None:
    row.before = row.after = None
    row.texts = row.kind in TEXTS or row.field == "calendar"
    if row.field == "closes_at":
        row.before, row.after = datetime.fromisoformat(row.old_text), datetime.fromisoformat(row.new_text)
    elif row.field == "calendar":
        row.what = _("other days of the calendar")
    elif row.field.startswith("criterion:"):
        _kind, pk, column = row.field.split(":")
        label = Criterion._meta.get_field(column).verbose_name
        row.what = _("criterion «%(name)s», %(what)s") % {"name": names.get(pk, ""), "what": label}
    elif row.kind == CorrectionKind.DOCUMENT:
        row.what = _("document «%(title)s»") % {"title": row.new_text or row.old_text}
    elif row.kind == CorrectionKind.END:
        row.what = Status(row.new_text).label
    else:
        row.what = Challenge._meta.get_field(row.field).verbose_name  # type: ignore[union-attr]
