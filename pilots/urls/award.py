"""Addresses: awards and resolutions."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import award, resolution

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/"), award.detail, name="award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/propose/"), award.propose, name="propose_award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/prepare/"), award.prepare, name="prepare_award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/approve/"), award.approve, name="approve_award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/end/"), award.end, name="prepare_void"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/end/approve/"), award.approve_void, name="approve_void"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/release/"), award.release, name="release_rest"),
    path(pgettext_lazy("url", "awards/<str:public_id>/"), award.mine, name="my_award"),
    path(pgettext_lazy("url", "awards/<str:public_id>/withdraw/"), award.withdraw, name="withdraw_award"),
    path(pgettext_lazy("url", "awards/<str:public_id>/give-up/"), award.refuse, name="refuse_award"),
    path(pgettext_lazy("url", "awards/papers/<str:public_id>/"), award.paper, name="paper"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/resolution/"), resolution.detail, name="resolution"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/resolution/document/"),
        resolution.document,
        name="resolution_document",
    ),
]
