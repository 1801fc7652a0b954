"""Addresses: spending and its decisions."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import decision

urlpatterns = [
    path(pgettext_lazy("url", "decisions/"), decision.waiting, name="decisions"),
    path(pgettext_lazy("url", "decisions/<str:public_id>/"), decision.detail, name="decision"),
]
