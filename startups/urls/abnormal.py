"""Addresses: the hearing on an abnormally low offer."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import abnormal

urlpatterns = [
    path(pgettext_lazy("url", "proposals/<slug:public_id>/low-offer/"), abnormal.page, name="abnormal"),
]
