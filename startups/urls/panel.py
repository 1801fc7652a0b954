"""Addresses: panel, declarations, copies without names."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import declaration, expert, interest, panel, recusation, redaction

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/panel/"), panel.page, name="panel"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/panel/<slug:public_id>/remove/"), panel.remove, name="panel_remove"
    ),
    path(pgettext_lazy("url", "challenges/<slug:slug>/declare/"), declaration.declare, name="declare"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/declare/decline/"), declaration.decline, name="panel_decline"),
    path(pgettext_lazy("url", "score/<slug:public_id>/without-names/"), redaction.redact, name="redact"),
    path(
        pgettext_lazy("url", "score/<slug:public_id>/documents/<slug:attachment>/"),
        redaction.judged_file,
        name="judged_file",
    ),
    path(pgettext_lazy("url", "challenges/<slug:slug>/panel/invite/"), expert.invite, name="expert_invite"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/panel/invitations/<slug:public_id>/revoke/"),
        expert.revoke,
        name="expert_revoke",
    ),
    path(pgettext_lazy("url", "panel-invitation/<str:token>/"), expert.answer, name="expert_invitation"),
    path(pgettext_lazy("url", "my-interests/"), interest.page, name="interests"),
    path(pgettext_lazy("url", "my-interests/<slug:public_id>/remove/"), interest.remove, name="interest_remove"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/challenge-a-member/"), recusation.recuse, name="recuse"),
    path(pgettext_lazy("url", "challenged-members/<slug:public_id>/"), recusation.recusation, name="recusation"),
]
