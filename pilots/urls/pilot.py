"""Addresses: pilots, their work, milestones, invoices, indicators."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import charter, indicator, invoice, milestone, pilot, work

urlpatterns = [
    path(pgettext_lazy("url", "pilots/"), pilot.listing, name="list"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/"), pilot.detail, name="pilot"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/work/"), work.work, name="work"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/charter/"), charter.write, name="charter"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/charter/sign/"), charter.sign, name="sign_charter"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/contract/"), charter.contract, name="contract_record"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/start/"), work.start, name="start"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/suspend/"), work.suspend, name="suspend"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/resume/"), work.resume, name="resume"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/end-early/"), work.terminate, name="prepare_termination"),
    path(
        pgettext_lazy("url", "pilots/<slug:slug>/end-early/approve/"),
        work.approve_termination,
        name="approve_termination",
    ),
    path(pgettext_lazy("url", "pilots/<slug:slug>/decide/"), work.decide, name="decide"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/invoicing/"), invoice.invoicing, name="invoicing"),
    path(pgettext_lazy("url", "pilots/<slug:slug>/indicators/add/"), indicator.add, name="add_indicator"),
    path(pgettext_lazy("url", "indicators/<str:public_id>/measure/"), indicator.measure, name="measure"),
    path(pgettext_lazy("url", "indicators/evidence/<str:public_id>/"), indicator.evidence, name="evidence"),
    path(pgettext_lazy("url", "milestones/<str:public_id>/deliver/"), milestone.deliver, name="deliver"),
    path(pgettext_lazy("url", "milestones/<str:public_id>/accept/"), milestone.accept, name="accept"),
    path(pgettext_lazy("url", "milestones/<str:public_id>/return/"), milestone.give_back, name="give_back"),
    path(pgettext_lazy("url", "milestones/<str:public_id>/invoice/"), invoice.record, name="record_invoice"),
    path(pgettext_lazy("url", "invoices/<str:public_id>/pay/"), invoice.pay, name="pay"),
    path(pgettext_lazy("url", "invoices/<str:public_id>/file/"), invoice.electronic, name="electronic_invoice"),
    path(pgettext_lazy("url", "deliverables/<str:public_id>/"), work.deliverable, name="deliverable"),
]
