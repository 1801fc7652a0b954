"""Inbox, what was sent, and the demonstration's mail."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.notifications import actions, addresses, kinds, policies, sources
from govtech.notifications import mailbox as mail_folder
from govtech.notifications.models import Notice, OutgoingEmail

PAGE = 20
LOCAL = {"127.0.0.1", "::1"}
STATES = {
    "waiting": Q(sent_at=None, gave_up_at=None),
    "sent": Q(sent_at__isnull=False),
    "given-up": Q(gave_up_at__isnull=False),
}


def _page(request: HttpRequest, rows: Any) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """A person's notices, the newest first."""
    own = Notice.objects.visible_to(request.user)
    page = _page(request, own.order_by("-created_at", "-pk"))
    for notice in page:
        notice.words = kinds.words_of(notice.kind, notice.params)
        notice.because = sources.because(notice.sources)
    return render(request, "notifications/inbox.html", {"page": page, "unread": own.unread().count()})


@require_POST
def open_notice(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark a notice read and go where it points."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
    actions.mark_read(Notice.objects.filter(pk=notice.pk), by=request.user, at=clock.now())
    address = addresses.in_language(notice.address, get_language() or settings.LANGUAGE_CODE)
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return redirect("notifications:inbox")
    return redirect(address)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of a person's notices read."""
    count = actions.mark_read(Notice.objects, by=request.user, at=clock.now())
    messages.success(
        request, ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", count) % {"n": count}
    )
    return redirect("notifications:inbox")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What the portal told people by mail, and what didn't get through. For officers."""
    policies.check_can_see_sent(by=request.user, at=clock.now())
    state = request.GET.get("state", "")
    rows = OutgoingEmail.objects.filter(STATES.get(state, Q())).annotate(notice_count=Count("notices"))
    page = _page(request, rows.order_by("-created_at", "-pk"))
    for row in page:
        row.shown = _shown(row.kind)
        row.state = "sent" if row.sent_at else "given-up" if row.gave_up_at else "waiting"
    counts = OutgoingEmail.objects.aggregate(**{key: Count("pk", filter=query) for key, query in STATES_SQL.items()})
    return render(request, "notifications/sent.html", {"page": page, "state": state, "counts": counts})


STATES_SQL = {key.replace("-", "_"): query for key, query in STATES.items()}


def _shown(kind: str) -> str:
    """Return what a kind is about, blank where the Office may not know who was told."""
    return next((known.title for known in kinds.declared() if known.name == kind and known.shown_to_office), "")


@require_POST
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Try a mail again that didn't get through."""
    at = clock.now()
    policies.check_can_see_sent(by=request.user, at=at)
    email = get_object_or_404(OutgoingEmail, public_id=public_id)
    try:
        actions.retry(email, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The mail will be tried again now."))
    return redirect("notifications:sent")


def _only_in_the_demonstration(request: HttpRequest) -> None:
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    if not (settings.DEMO and request.META.get("REMOTE_ADDR") in LOCAL and host in LOCAL | {"localhost"}):
        raise Http404


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail that the demonstration sent. Exists on the machine itself only."""
    _only_in_the_demonstration(request)
    page = _page(request, mail_folder.names())
    mails = [mail for mail in map(mail_folder.read, page) if mail]
    return render(request, "notifications/mailbox.html", {"page": page, "mails": mails})


@login_not_required
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail that the demonstration sent."""
    _only_in_the_demonstration(request)
    found = mail_folder.read(name)
    if found is None:
        raise Http404
    return render(request, "notifications/mail.html", {"mail": found})
