"""Addresses: what the programme has come to."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import impact as views

urlpatterns = [
    path(pgettext_lazy("url", "impact/"), views.impact, name="impact_latest"),
    path(pgettext_lazy("url", "impact/<int:year>/"), views.impact, name="impact"),
    path(pgettext_lazy("url", "impact/<int:year>/report.pdf"), views.report, name="annual_report"),
]
