"""Addresses: shortlist and presentations."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import pitch

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/presentations/"), pitch.page, name="pitch"),
    path(pgettext_lazy("url", "score/<slug:public_id>/presentation/"), pitch.score, name="pitch_score"),
]
