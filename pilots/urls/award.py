"""Addresses: awards and resolutions."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.feeds import minor_contract
from pilots.views import (
    again,
    annulment,
    approval,
    award,
    award_step,
    case_file,
    letter,
    my_award,
    resolution,
    review,
    what_if,
)

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/"), award.detail, name="award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/propose/"), award_step.propose, name="propose_award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/prepare/"), award_step.prepare, name="prepare_award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/approve/"), approval.approve, name="approve_award"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/end/"), award_step.end, name="prepare_void"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/end/approve/"), approval.approve_void, name="approve_void"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/what-if/"), what_if.page, name="what_if"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/award/release/"), award_step.release, name="release_rest"),
    path(pgettext_lazy("url", "awards/<str:public_id>/"), my_award.mine, name="my_award"),
    path(pgettext_lazy("url", "awards/<str:public_id>/withdraw/"), award_step.withdraw, name="withdraw_award"),
    path(pgettext_lazy("url", "awards/<str:public_id>/give-up/"), award_step.refuse, name="refuse_award"),
    path(pgettext_lazy("url", "awards/<str:public_id>/annul/"), annulment.prepare, name="annul_award"),
    path(pgettext_lazy("url", "awards/<str:public_id>/annulment/"), annulment.approve, name="approve_annulment"),
    path(pgettext_lazy("url", "awards/papers/<str:public_id>/"), my_award.paper, name="paper"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/resolution/"), resolution.detail, name="resolution"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/resolution/document/"),
        resolution.document,
        name="resolution_document",
    ),
    path(pgettext_lazy("url", "challenges/<slug:slug>/letters/"), letter.letters, name="letters"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/letters/publication/"), letter.publication, name="publication"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/letters/<slug:proposal>/"), letter.draft, name="letter_draft"),
    path(pgettext_lazy("url", "letters/<slug:public_id>/"), letter.letter, name="letter"),
    path(pgettext_lazy("url", "letters/<slug:public_id>/document/"), letter.document, name="letter_document"),
    path(pgettext_lazy("url", "letters/<slug:public_id>/notified/"), letter.served, name="letter_served"),
    path(pgettext_lazy("url", "letters/<slug:public_id>/review/"), review.lodge, name="ask_review"),
    path(pgettext_lazy("url", "data/minor-contracts/"), minor_contract.page, name="minor_contracts"),
    path(
        pgettext_lazy("url", "data/minor-contracts-<int:year>-<int:quarter>.csv"),
        minor_contract.of_quarter,
        name="minor_contracts_csv",
    ),
    path(pgettext_lazy("url", "letters/<slug:public_id>/again/"), again.again, name="again"),
    path(pgettext_lazy("url", "reviews/<slug:public_id>/"), review.detail, name="review"),
    path(pgettext_lazy("url", "reviews/<slug:public_id>/paper/"), review.paper, name="review_paper"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/case-file/"), case_file.page, name="case_file"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/case-file/zip/"), case_file.download, name="case_file_zip"),
]
