"""Addresses: panel and declarations."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import panel

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/panel/"), panel.page, name="panel"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/panel/<slug:public_id>/remove/"), panel.remove, name="panel_remove"
    ),
    path(pgettext_lazy("url", "challenges/<slug:slug>/declare/"), panel.declare, name="declare"),
]
