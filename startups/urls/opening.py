"""Addresses: opening and admission."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import admission, clarification, opening

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/opening/"), opening.page, name="opening"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/opening/prepare/"), opening.prepare, name="opening_prepare"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/opening/open/"), opening.open_proposals, name="opening_open"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/opening/record/"), opening.report, name="opening_report"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/opening/<slug:public_id>/prepare/"),
        opening.prepare_stopped,
        name="stopped_prepare",
    ),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/opening/<slug:public_id>/open/"),
        opening.open_stopped,
        name="stopped_open",
    ),
    path(pgettext_lazy("url", "challenges/<slug:slug>/admission/"), admission.page, name="admission"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/admission/<slug:public_id>/"),
        admission.decide,
        name="admission_decide",
    ),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/correct/"), admission.correct, name="correct"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/correct/<slug:file>/"),
        clarification.correction_file,
        name="correction_file",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/clarifications/<slug:clarification>/"),
        clarification.clarify,
        name="clarify",
    ),
]
