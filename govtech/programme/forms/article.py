"""What is typed about guides, news, pictures and the portal's own pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.programme.models import Article, Page
from govtech.shell.forms import InstantInput
from govtech.shell.prose import images_of


class ArticleForm(forms.ModelForm):
    """A guide or a piece of news."""

    use_required_attribute = False

    class Meta:
        model = Article
        fields = ("title", "summary", "body", "publish_at", "title_en", "summary_en", "body_en")
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "summary_en": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 16}),
            "body_en": forms.Textarea(attrs={"rows": 8}),
            "publish_at": InstantInput,
        }
        help_texts = {
            "body": _("Markdown. Headings start at ##."),
            "publish_at": _("Blank: as soon as it is published. Later: it waits until then."),
        }

    def clean(self) -> dict[str, Any]:
        """English is a title and a text, or nothing."""
        cleaned = super().clean() or {}
        if (cleaned.get("body_en") or cleaned.get("summary_en")) and not cleaned.get("title_en"):
            self.add_error("title_en", _("Write the title in English, too."))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row as it is: the action changes it under its lock. The columns' own bounds are the fields'."""


class PictureForm(forms.Form):
    """A picture with what it shows."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG or JPG. Where and when it was taken isn't kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg", "data-max-bytes": 20_000_000}),
    )
    alt = forms.CharField(
        label=_("Alternative text"), max_length=300, help_text=_("What it shows, in words, for who doesn't see it.")
    )
    alt_en = forms.CharField(label=_("Alternative text in English"), max_length=300, required=False)
    use_required_attribute = False


class PageForm(forms.ModelForm):
    """A page of the portal, with what changes."""

    note = forms.CharField(
        label=_("What changes"), max_length=200, help_text=_("In a sentence. Everybody reads it among the versions.")
    )
    use_required_attribute = False

    class Meta:
        model = Page
        fields = ("title", "body", "title_en", "body_en")
        widgets = {"body": forms.Textarea(attrs={"rows": 24}), "body_en": forms.Textarea(attrs={"rows": 12})}

    def clean(self) -> dict[str, Any]:
        """These pages show no pictures; English is a title and a text, or nothing."""
        cleaned = super().clean() or {}
        for name in ("body", "body_en"):
            if images_of(cleaned.get(name) or ""):
                self.add_error(name, _("This page shows no pictures. Write a guide for them, and link it."))
        if bool(cleaned.get("title_en")) != bool(cleaned.get("body_en")) and "body_en" not in self.errors:
            self.add_error("title_en", _("Write title and text in English, or neither."))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row as it is: the action changes it under its lock. The columns' own bounds are the fields'."""
