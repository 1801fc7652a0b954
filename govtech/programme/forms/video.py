"""What is typed about videos."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.errors import DomainError
from govtech.files.checks import MAX_VIDEO_BYTES
from govtech.programme import places
from govtech.programme.calculations import chapters
from govtech.programme.models import Video
from govtech.programme.models.video import LONGEST
from govtech.programme.policies.content import check_track

MOST_VTT = 400_000  # bytes


class LengthField(forms.CharField):
    """A length in minutes and seconds. Returns seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=10, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show seconds as they are typed."""
        return chapters.clock(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return the seconds."""
        text = super().clean(value)
        if not text:
            return None
        seconds = chapters.seconds_of(text)
        if not seconds or seconds > LONGEST:
            raise forms.ValidationError(_("Write minutes and seconds, like 3:45."))
        return seconds

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as typed."""
        return super().has_changed(self.prepare_value(initial), data)


class CaptionsFileField(forms.FileField):
    """A file in WebVTT. Returns its text."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the text, "" without a file."""
        upload = super().clean(data, initial)
        if not upload:
            return ""
        if upload.size > MOST_VTT:
            raise forms.ValidationError(_("This file is far longer than captions are. Choose the .vtt file."))
        try:
            return upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("These captions aren't text in UTF-8. Save them again so.")) from error


def _captions_file(label: Any) -> CaptionsFileField:
    widget = forms.ClearableFileInput(attrs={"accept": ".vtt,text/vtt"})
    return CaptionsFileField(label=label, required=False, widget=widget)


class VideoForm(forms.ModelForm):
    """A video with its captions, transcript and chapters, and where it is shown."""

    upload = forms.FileField(
        label=_("Video file"),
        required=False,
        help_text=_("MP4 (H.264) or WebM, up to 300 MB. It is kept here: nobody else learns who watches it."),
        widget=forms.ClearableFileInput(attrs={"accept": "video/mp4,video/webm", "data-max-bytes": MAX_VIDEO_BYTES}),
    )
    external_url = forms.URLField(
        label=_("Or the address of the file elsewhere"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Of an MP4 or WebM file, with https. It is asked for only after each person's click."),
    )
    seconds = LengthField(
        label=_("Length"),
        required=False,
        help_text=_("Minutes and seconds, like 3:45. A file of ours says it by itself."),
    )
    captions_file = _captions_file(_("Captions in Spanish, as a file"))
    captions_en_file = _captions_file(_("Captions in English, as a file"))
    places = forms.MultipleChoiceField(
        label=_("Shown at"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The steps of forms that it explains."),
    )
    use_required_attribute = False
    field_order = (
        "title", "summary", "upload", "external_url", "seconds", "captions_file", "captions", "transcript", "chapters",
        "places", "order", "title_en", "summary_en", "captions_en_file", "captions_en", "transcript_en",
    )  # fmt: skip

    class Meta:
        model = Video
        fields = (
            "title", "summary", "external_url", "seconds", "captions", "transcript", "chapters", "places", "order",
            "title_en", "summary_en", "captions_en", "transcript_en",
        )  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "summary_en": forms.Textarea(attrs={"rows": 3}),
            "captions": forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "code"}),
            "captions_en": forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
            "transcript": forms.Textarea(attrs={"rows": 10}),
            "transcript_en": forms.Textarea(attrs={"rows": 6}),
            "chapters": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "captions": _("WebVTT: what is said, and sounds that matter. A file above replaces this text."),
            "transcript": _("Markdown: what is said and what is seen. For who can't watch, and for search engines."),
            "chapters": _("One a line: «0:00 What a challenge is | the same in English». The first begins at 0:00."),
            "order": _("Low numbers come first."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = places.choices()
        for name in ("summary", "transcript", "summary_en", "transcript_en"):
            self.fields[name].strip = True

    def clean(self) -> dict[str, Any]:
        """A file's captions replace the text; what players couldn't read is refused beside its field."""
        cleaned = super().clean() or {}
        for name in ("captions", "captions_en"):
            if text := cleaned.pop(f"{name}_file", ""):
                cleaned[name] = text
        if cleaned.get("upload") and cleaned.get("external_url"):
            self.add_error("external_url", _("Give the file or its address, one of the two."))
        url = cleaned.get("external_url") or ""
        if url and not url.startswith("https://"):
            self.add_error("external_url", _("The address must begin with https://."))
        seconds = None if cleaned.get("upload") else cleaned.get("seconds")
        for name in ("captions", "captions_en", "chapters"):
            if cleaned.get(name):
                try:
                    check_track(name, cleaned[name], seconds)
                except DomainError as refusal:
                    self.add_error(name, str(refusal))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row as it is: the action changes it under its lock. The columns' own bounds are the fields'."""
