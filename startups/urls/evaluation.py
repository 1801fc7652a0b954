"""Addresses: scores, lock, ranking, results."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import evaluation, lock, ranking

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/score/"), evaluation.scores, name="scores"),
    path(pgettext_lazy("url", "score/<slug:public_id>/"), evaluation.score, name="score"),
    path(pgettext_lazy("url", "score/<slug:public_id>/reasons/"), lock.reasons, name="reasons"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/lock/"), lock.lock, name="lock"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/ranking/"), ranking.ranking, name="ranking"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/ranking/report/"), ranking.report, name="evaluation_report"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/points/"), ranking.result, name="result"),
]
