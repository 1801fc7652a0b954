"""Addresses of the audit."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.audit import views

app_name = "audit"
urlpatterns = [path(pgettext_lazy("url", "audit/"), views.listing, name="list")]
