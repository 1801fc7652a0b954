"""Addresses: scores, who scores what, consensus and sessions, lock, ranking, results."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import assignment, consensus, evaluation, lock, panel_question, ranking

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/score/"), evaluation.scores, name="scores"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/score/progress/"), assignment.progress, name="progress"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/score/questions/"), panel_question.listing, name="panel_questions"
    ),
    path(pgettext_lazy("url", "score/questions/<slug:public_id>/"), panel_question.settle, name="panel_question"),
    path(pgettext_lazy("url", "score/<slug:public_id>/"), evaluation.score, name="score"),
    path(pgettext_lazy("url", "score/<slug:public_id>/question/"), panel_question.ask, name="panel_ask"),
    path(pgettext_lazy("url", "score/<slug:public_id>/consensus/"), consensus.agree, name="agree"),
    path(pgettext_lazy("url", "score/<slug:public_id>/reasons/"), lock.reasons, name="reasons"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/consensus/"), consensus.overview, name="consensus"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/sessions/"), consensus.sessions, name="sessions"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/lock/"), lock.lock, name="lock"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/ranking/"), ranking.ranking, name="ranking"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/ranking/report/"), ranking.report, name="evaluation_report"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/points/"), ranking.result, name="result"),
]
