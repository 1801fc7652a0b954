"""Addresses: proposals, their parts, receipts."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.views import attachment, comment, draft, price, proposal, receipt

urlpatterns = [
    path(pgettext_lazy("url", "challenges/<slug:slug>/propose/"), proposal.propose, name="propose"),
    path(pgettext_lazy("url", "proposals/"), proposal.proposals, name="proposals"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/"), proposal.proposal, name="proposal"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/withdraw/"), proposal.withdraw, name="withdraw"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/solution/"),
        draft.section,
        {"part": "solution"},
        name="section",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/maturity/"),
        draft.section,
        {"part": "maturity"},
        name="section",
    ),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/data/"), draft.section, {"part": "privacy"}, name="section"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/property/"),
        draft.section,
        {"part": "property"},
        name="section",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/references/"),
        draft.section,
        {"part": "references"},
        name="section",
    ),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/comments/"), comment.comments, name="comments"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/comments/<slug:comment>/settle/"),
        comment.settle,
        name="settle_comment",
    ),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/plan/"), draft.section, {"part": "plan"}, name="section"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/team/"), draft.section, {"part": "team"}, name="section"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/result/"), draft.section, {"part": "result"}, name="section"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/risks/"), draft.section, {"part": "risks"}, name="section"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/price/"), price.price, name="price"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/files/"), attachment.files, name="files"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/files/<slug:attachment>/"), receipt.file, name="file"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/files/<slug:attachment>/remove/"),
        attachment.remove_file,
        name="remove_file",
    ),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/uploads/"), attachment.begin, name="begin_upload"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/uploads/<slug:upload>/"), attachment.upload, name="upload"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/uploads/<slug:upload>/cancel/"),
        attachment.cancel_upload,
        name="cancel_upload",
    ),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/review/"), draft.review, name="review"),
    path(pgettext_lazy("url", "proposals/<slug:public_id>/receipts/<slug:number>/"), receipt.receipt, name="receipt"),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/receipts/<slug:number>/pdf/"),
        receipt.receipt_pdf,
        name="receipt_pdf",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/receipts/<slug:number>/json/"),
        receipt.receipt_json,
        name="receipt_json",
    ),
    path(
        pgettext_lazy("url", "proposals/<slug:public_id>/receipts/<slug:number>/entry/"),
        receipt.record_entry,
        name="receipt_entry",
    ),
    path(pgettext_lazy("url", "verify/"), receipt.verify_form, name="verify_form"),
    path(pgettext_lazy("url", "verify/<slug:code>/"), receipt.verify, name="verify"),
]
