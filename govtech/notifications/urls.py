"""Addresses of the inbox, the sent notices and the demonstration's mail."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.notifications import unsubscribing, views

app_name = "notifications"
urlpatterns = [
    path(pgettext_lazy("url", "inbox/"), views.inbox, name="inbox"),
    path(pgettext_lazy("url", "inbox/read/"), views.read_all, name="read_all"),
    path(pgettext_lazy("url", "inbox/<slug:public_id>/open/"), views.open_notice, name="open"),
    path(pgettext_lazy("url", "inbox/unsubscribe/<str:token>/"), unsubscribing.unsubscribe, name="unsubscribe"),
    path(pgettext_lazy("url", "inbox/unsubscribe/<str:token>/undo/"), unsubscribing.undo, name="resubscribe"),
    path(pgettext_lazy("url", "sent-notices/"), views.sent, name="sent"),
    path(pgettext_lazy("url", "sent-notices/<slug:public_id>/retry/"), views.retry, name="retry"),
    path(pgettext_lazy("url", "mail/"), views.mailbox, name="mailbox"),
    path(pgettext_lazy("url", "mail/<slug:name>/"), views.mail, name="mail"),
]
