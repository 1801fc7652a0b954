"""Addresses: spending and its decisions."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import amount, decision, spending

urlpatterns = [
    path(pgettext_lazy("url", "decisions/"), decision.waiting, name="decisions"),
    path(pgettext_lazy("url", "decisions/<str:public_id>/"), decision.detail, name="decision"),
    path(
        pgettext_lazy("url", "challenges/<str:public_id>/spending/"),
        spending.approve_spending,
        name="approve_spending",
    ),
    path(pgettext_lazy("url", "challenges/<str:public_id>/needs-report/"), spending.needs_report, name="needs_report"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/amount/"), amount.change, name="change_amount"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/cancel/"), spending.cancel, name="cancel_challenge"),
]
