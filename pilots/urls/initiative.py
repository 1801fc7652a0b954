"""Addresses: Govtech4All initiatives."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import initiative

urlpatterns = [
    path(pgettext_lazy("url", "govtech4all/"), initiative.listing, name="initiatives"),
    path(pgettext_lazy("url", "govtech4all/new/"), initiative.create, name="create_initiative"),
    path(pgettext_lazy("url", "govtech4all/<slug:slug>/"), initiative.detail, name="initiative"),
    path(pgettext_lazy("url", "govtech4all/<slug:slug>/change/"), initiative.change, name="change_initiative"),
    path(pgettext_lazy("url", "govtech4all/<slug:slug>/publish/"), initiative.publish, name="publish_initiative"),
]
