"""Addresses of challenges."""

from django.urls import path, register_converter
from django.utils.translation import pgettext_lazy

from challenges.calculations.step import WORDS
from challenges.views import catalogue


class StepConverter:
    """A step of the form by its word in the language of the address."""

    regex = "[a-z-]+"

    def to_python(self, value: str) -> str:
        """Return the key of the step whose word this is in the language in force."""
        for key, word in WORDS.items():
            if str(word) == value:
                return key
        raise ValueError(value)

    def to_url(self, value: str) -> str:
        """Return the word of the step in the language in force."""
        return str(WORDS[value])


register_converter(StepConverter, "challenge_step")

app_name = "challenges"
urlpatterns = [
    path(pgettext_lazy("url", "challenges/"), catalogue.pending, name="list"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/"), catalogue.pending, name="detail"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/questions/"), catalogue.pending, name="questions"),
    path(pgettext_lazy("url", "my-challenges/"), catalogue.pending, name="mine"),
    path(pgettext_lazy("url", "my-challenges/new/"), catalogue.pending, name="new"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/"), catalogue.pending, name="draft"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/"), catalogue.pending, name="review"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/<challenge_step:key>/"), catalogue.pending, name="step"),
]
