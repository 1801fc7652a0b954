"""Templates that the Office keeps."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Template
from challenges.policies import template as policies
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError


@transaction.atomic
def keep(
    template: Template | None,
    *,
    name: str,
    purpose: str,
    texts: dict[str, str],
    criteria: list[dict[str, Any]],
    pass_mark: Decimal,
    by: User,
    at: datetime,
) -> Template:
    """Write a template, a new one if None. Raises DomainError for a name that another has, and for wrong weights."""
    if template is not None:
        template = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    policies.check_can_keep(template, by=by, at=at)
    policies.check_weights(criteria)
    others = Template.objects.filter(name=name)
    if (others.exclude(pk=template.pk) if template else others).exists():
        raise DomainError(_("Another template has this name. Choose a different one."), field="name")
    is_new = template is None
    template = template or Template()
    template.name, template.purpose, template.pass_mark = name, purpose, pass_mark
    template.texts = {column: text for column, text in texts.items() if text}
    template.criteria = [{**row, "threshold_points": str(row["threshold_points"])} for row in criteria]
    template.saved_at, template.saved_by = at, by
    template.save()
    audit.record("template.made" if is_new else "template.changed", target=template, by=by, at=at)
    return template


@transaction.atomic
def retire(template: Template, *, by: User, at: datetime) -> Template:
    """Offer it no more. Drafts that began with it keep what they took."""
    template = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    policies.check_can_keep(template, by=by, at=at)
    template.retired_at, template.retired_by = at, by
    template.save(update_fields=["retired_at", "retired_by"])
    audit.record("template.retired", target=template, by=by, at=at)
    return template
