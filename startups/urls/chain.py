"""Addresses: the public chain of receipts."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from startups.feeds import chain as feeds
from startups.views import chain

urlpatterns = [
    path(pgettext_lazy("url", "receipts/"), chain.page, name="chain"),
    path(pgettext_lazy("url", "receipts/chain.json"), chain.data, name="chain_data"),
    path(pgettext_lazy("url", "receipts/heads.json"), feeds.heads, name="chain_heads"),
    path(pgettext_lazy("url", "receipts/heads.atom"), feeds.feed, name="chain_feed"),
    path(pgettext_lazy("url", "receipts/check_receipts.py"), chain.program, name="chain_program"),
]
