"""Addresses: contracts of the Office."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import direct, invoices

urlpatterns = [
    path(pgettext_lazy("url", "budget/invoices/"), invoices.listing, name="invoices"),
    path(
        pgettext_lazy("url", "budget/milestones/<str:public_id>/reject-invoice/"),
        invoices.reject,
        name="reject_invoice",
    ),
    path(
        pgettext_lazy("url", "budget/deliveries/<str:public_id>/reject-invoice/"),
        invoices.reject_of_part,
        name="reject_part_invoice",
    ),
    path(pgettext_lazy("url", "budget/contracts/"), direct.listing, name="directs"),
    path(pgettext_lazy("url", "budget/contracts/new/"), direct.create, name="create_direct"),
    path(pgettext_lazy("url", "budget/contracts/<str:public_id>/"), direct.detail, name="direct"),
    path(pgettext_lazy("url", "budget/contracts/<str:public_id>/change/"), direct.rewrite, name="rewrite_direct"),
    path(pgettext_lazy("url", "budget/contracts/<str:public_id>/drop/"), direct.drop, name="drop_direct"),
    path(pgettext_lazy("url", "budget/contracts/<str:public_id>/end/"), direct.end, name="end_direct"),
    path(pgettext_lazy("url", "budget/deliveries/<str:public_id>/accept/"), direct.accept, name="accept_part"),
    path(pgettext_lazy("url", "budget/deliveries/<str:public_id>/invoice/"), direct.record, name="record_part_invoice"),
    path(pgettext_lazy("url", "budget/deliveries/<str:public_id>/pay/"), direct.pay, name="pay_part"),
    path(pgettext_lazy("url", "budget/deliveries/<str:public_id>/invoice.xml"), direct.electronic, name="part_invoice"),
]
