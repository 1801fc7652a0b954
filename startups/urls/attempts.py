"""Addresses: attempts at the seal."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import attempts

urlpatterns = [path(pgettext_lazy("url", "audit/attempts/"), attempts.page, name="attempts")]
