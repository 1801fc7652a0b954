"""A refusal of an action, put where it belongs in the form."""

from django import forms

from govtech.errors import DomainError


def put(form: forms.BaseForm, refusal: DomainError) -> None:
    """Put the message beside its field, or above the form where it has none."""
    form.refusal = refusal  # type: ignore[attr-defined]
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
