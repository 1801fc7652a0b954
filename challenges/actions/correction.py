"""Substantial corrections of a published call: criteria, amounts, documents. Each keeps what it said before."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.actions.challenge import locked
from challenges.actions.document import MOST
from challenges.actions.lifecycle import checked_reason, move_terms, publish_notice
from challenges.models import Challenge, ChallengeDocument, Correction, CorrectionKind, Criterion
from challenges.notifications import challenge as notifications
from challenges.policies import challenge as policies
from challenges.policies import correction as terms
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import store
from govtech.shell.words import euros

CRITERION = (
    "name", "guidance", "anchors", "weight_percent", "threshold_points", "name_en", "guidance_en", "anchors_en",
)  # fmt: skip
WHOLE = 100
CENT = Decimal("0.01")


@transaction.atomic
def correct_criteria(
    challenge: Challenge,
    *,
    rows: Mapping[int, Mapping[str, Any]],
    pass_mark: Decimal | None = None,
    reason: str,
    closes_at: datetime | None = None,
    by: User,
    at: datetime,
) -> list[Correction]:
    """Change names, texts, weights or minimums of the criteria, or the pass mark, before the call closes.

    `rows` holds columns of `CRITERION` by the criterion's key. Weights still add up to 100. It leaves time in
    proportion: `closes_at` extends the call in the same act where it must (`policies.correction`). Raises DomainError.
    """
    challenge = locked(challenge)
    policies.check_can_correct(challenge, by=by, at=at)
    reason = checked_reason(reason)
    criteria = list(challenge.criteria.select_for_update(no_key=True).order_by("position"))
    changes = _changes_of(criteria, rows)
    new_mark = pass_mark.quantize(CENT) if pass_mark not in (None, challenge.pass_mark) else None
    if not changes and new_mark is None:
        raise DomainError(_("That is what it says already."))
    _check_criteria(criteria, rows, new_mark)
    later = terms.check_leaves_time(challenge, closes_at, at=at)
    known: dict[str, Any] = {"kind": CorrectionKind.CRITERIA, "reason": reason, "by": by, "at": at}
    made = []
    for criterion, column, old, new in changes:
        field = f"criterion:{criterion.pk}:{column}"
        made.append(publish_notice(challenge, field=field, old_text=str(old), new_text=str(new), **known))
        setattr(criterion, column, new)
    for criterion in {change[0] for change in changes}:
        criterion.save(update_fields=[column for one, column, _old, _new in changes if one == criterion])
    if new_mark is not None:
        made.append(_correct_mark(challenge, new_mark, **known))
    columns = {f"criteria.{column}" for _one, column, _old, _new in changes}
    fields = sorted(columns | ({"pass_mark"} if new_mark is not None else set()))
    _tell(challenge, made[0], what=gettext_lazy("criteria"), fields=fields, reason=reason, by=by, at=at)
    if later is not None:
        _extend(challenge, later, reason=reason, by=by, at=at)
    return made


def _correct_mark(challenge: Challenge, mark: Decimal, **known: Any) -> Correction:
    texts: dict[str, Any] = {"old_text": str(challenge.pass_mark), "new_text": str(mark)}
    made = publish_notice(challenge, field="pass_mark", **texts, **known)
    challenge.pass_mark = mark
    challenge.save(update_fields=["pass_mark"])  # the database looks for the correction
    return made


def _changes_of(
    criteria: list[Criterion], rows: Mapping[int, Mapping[str, Any]]
) -> list[tuple[Criterion, str, Any, Any]]:
    unknown = set(rows) - {criterion.pk for criterion in criteria}
    if unknown or any(set(row) - set(CRITERION) for row in rows.values()):
        raise ValueError("These are no criteria of the call, or no columns of them.")
    found = []
    for criterion in criteria:
        for column in CRITERION:
            old = getattr(criterion, column)
            new = rows.get(criterion.pk, {}).get(column, old)
            if column == "threshold_points":
                new = Decimal(new).quantize(CENT)
            new = new.strip() if isinstance(new, str) else new
            if new != old:
                found.append((criterion, column, old, new))
    return found


def _check_criteria(criteria: list[Criterion], rows: Mapping[int, Mapping[str, Any]], mark: Decimal | None) -> None:
    total = 0
    for criterion in criteria:
        row = {column: getattr(criterion, column) for column in CRITERION} | dict(rows.get(criterion.pk, {}))
        total += row["weight_percent"]
        if not str(row["name"]).strip():
            raise DomainError(_("Every criterion needs a name."))
        if row["weight_percent"] < 1:
            raise DomainError(_("A criterion weighs 1 or more. To take one away the call must be another."))
        if not 0 <= row["threshold_points"] <= row["weight_percent"]:
            raise DomainError(
                _("«%(name)s»: the minimum can't be over the weight: nobody could reach it.") % {"name": row["name"]}
            )
    if total != WHOLE:
        raise DomainError(_("The weights add up to %(total)s and must be 100.") % {"total": total})
    if mark is not None and not 0 <= mark <= WHOLE:
        raise DomainError(_("The minimum total is between 0 and 100."), field="pass_mark")


@transaction.atomic
def correct_amount(
    challenge: Challenge,
    *,
    max_amount_net: Decimal,
    awards_planned: int,
    reason: str,
    closes_at: datetime | None,
    by: User,
    at: datetime,
) -> Challenge:
    """Change the maximum of each award, or how many there are. Called by the apps above, which move the money with it.

    The director signs; leaves time in proportion, counted from now.
    """
    challenge = locked(challenge)
    policies.check_can_correct_amount(challenge, by=by, at=at)
    reason = checked_reason(reason)
    check_amount(challenge, max_amount_net=max_amount_net, awards_planned=awards_planned)
    later = terms.check_leaves_time(challenge, closes_at, at=at)
    known: dict[str, Any] = {"kind": CorrectionKind.AMOUNT, "reason": reason, "by": by, "at": at}
    made, fields = [], []
    with translation.override(settings.LANGUAGE_CODE):
        if max_amount_net != challenge.max_amount_net:
            texts: dict[str, Any] = {"old_text": euros(challenge.max_amount_net), "new_text": euros(max_amount_net)}
            made.append(publish_notice(challenge, field="max_amount_net", **texts, **known))
            fields.append("max_amount_net")
        if awards_planned != challenge.awards_planned:
            texts = {"old_text": str(challenge.awards_planned), "new_text": str(awards_planned)}
            made.append(publish_notice(challenge, field="awards_planned", **texts, **known))
            fields.append("awards_planned")
    challenge.max_amount_net, challenge.awards_planned = max_amount_net, awards_planned
    challenge.save(update_fields=["max_amount_net", "awards_planned"])
    _tell(challenge, made[0], what=gettext_lazy("amount"), fields=fields, reason=reason, by=by, at=at)
    if later is not None:
        _extend(challenge, later, reason=reason, by=by, at=at)
    return challenge


def check_amount(challenge: Challenge, *, max_amount_net: Decimal, awards_planned: int) -> None:
    """Refuse amounts that change nothing or aren't amounts."""
    if max_amount_net <= 0:
        raise DomainError(_("Write an amount over zero."), field="max_amount_net")
    if not 1 <= awards_planned <= 20:
        raise DomainError(_("There is one award or more, 20 at most."), field="awards_planned")
    if (max_amount_net, awards_planned) == (challenge.max_amount_net, challenge.awards_planned):
        raise DomainError(_("That is what it says already."), field="max_amount_net")


@transaction.atomic
def correct_document(
    challenge: Challenge,
    *,
    document: ChallengeDocument | None = None,
    upload: UploadedFile,
    title: str,
    reason: str,
    by: User,
    at: datetime,
) -> Correction:
    """Put a document in the place of another, or add one (`document` None). The old file stays in the correction."""
    challenge = locked(challenge)
    policies.check_can_correct(challenge, by=by, at=at)
    reason, title = checked_reason(reason), title.strip()
    if not title:
        raise DomainError(_("Say what the document is."), field="title")
    if document is None and challenge.documents.count() >= MOST:
        raise DomainError(_("A challenge has %(most)s documents at most.") % {"most": MOST}, field="file")
    new = store(upload, by=by, at=at)
    old_file, old_title = None, ""
    if document is None:
        document = ChallengeDocument.objects.create(challenge=challenge, file=new, title=title)
    else:
        document = (
            challenge.documents.select_for_update(of=("self",), no_key=True).select_related("file").get(pk=document.pk)
        )
        old_file, old_title = document.file, document.title
        document.file, document.title = new, title
        document.save(update_fields=["file", "title"])
    correction = publish_notice(
        challenge,
        kind=CorrectionKind.DOCUMENT,
        field=f"document:{document.pk}",
        old_text=old_title,
        new_text=title,
        old_file=old_file,
        new_file=new,
        reason=reason,
        by=by,
        at=at,
    )
    what = format_lazy(gettext_lazy("document «{title}»"), title=title)
    _tell(challenge, correction, what=what, fields=["documents"], reason=reason, by=by, at=at)
    return correction


def _tell(
    challenge: Challenge, first: Correction, *, what: Any, fields: list[str], reason: str, by: User, at: datetime
) -> None:
    audit.record("challenge.corrected", target=challenge, by=by, at=at, fields=fields, reason=reason)
    notifications.corrected(challenge, number=first.number, what=what, reason=reason, at=at)


def _extend(challenge: Challenge, closes_at: datetime, *, reason: str, by: User, at: datetime) -> None:
    move_terms(
        challenge,
        {"closes_at": closes_at},
        kind=CorrectionKind.DEADLINE,
        reason=reason,
        by=by,
        at=at,
        moves_later=True,
    )
