"""Addresses: consortia."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import consortium

urlpatterns = [
    path(pgettext_lazy("url", "proposals/<slug:public_id>/consortium/"), consortium.consortium, name="consortium"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/consortium/leave/"),
        consortium.leave_consortium,
        name="leave_consortium",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/consortium/<slug:partner>/"),
        consortium.partner_terms,
        name="partner_terms",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/consortium/<slug:partner>/remove/"),
        consortium.remove_partner,
        name="remove_partner",
    ),
    path(
        pgettext_lazy("url", "consortium-invitations/<slug:partner>/"),
        consortium.partner_invitation,
        name="partner_invitation",
    ),
]
