"""Addresses: papers of an organisation, and their verification by the Office."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import dossier, verification

urlpatterns = [
    path(
        pgettext_lazy("url", "organisations/<slug:public_id>/verification/"),
        verification.verification,
        name="verification",
    ),
    path(
        pgettext_lazy("url", "organisations/<slug:public_id>/papers/<slug:paper>/"),
        dossier.paper,
        name="paper",
    ),
    path(pgettext_lazy("url", "verifications/"), verification.verifications, name="verifications"),
    path(pgettext_lazy("url", "my-organisations/<slug:public_id>/papers/"), dossier.dossier, name="dossier"),
    path(
        pgettext_lazy("url", "my-organisations/<slug:public_id>/papers/<slug:paper>/take-out/"),
        dossier.take_out,
        name="take_out_paper",
    ),
]
