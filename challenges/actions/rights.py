"""What challenges hold of people: said where it is asked, downloaded, erased, and kept for so long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models import Follow, PreviewLink, Question, ReviewComment, SavedSearch
from govtech.accounts import rights
from govtech.accounts.models import User

LINKS = timedelta(days=90)


def register() -> None:
    """Fill the registries."""
    rights.notices.register(
        rights.PrivacyNotice(
            "question",
            _("A question about a call"),
            purpose=_("To answer it, and to publish question and answer for everybody without your name."),
            basis=_("Duties of public contracts: the same information for all (GDPR art. 6.1.c; LCSP art. 138)."),
            kept=_("With the call's file. If you have your account erased it stays without your name."),
            seen_by=_("Nobody knows who asked before the proposals are opened; the public never does."),
        )
    )
    rights.export.register(rights.Part("challenges", _("What you follow, your alerts and your questions"), rows))
    rights.erasure.register(rights.Erasing("challenges", 20, plan, erase))
    rights.schedule.register(
        rights.Rule(
            "challenges.links",
            _("Links to previews, revoked or expired"),
            term=_("90 days after their end"),
            law=_("GDPR art. 5.1.e"),
            then=_("They are deleted."),
            **rights.deleting(old_links),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "challenges.files",
            _("Calls, questions, answers and corrections"),
            term=_("By the city's archive policy: six years after the file is closed, at least"),
            law=_("Law 39/2015 art. 17; Law 16/1985; LO 3/2018 art. 32; the archive's tables of valuation"),
            then=_("It is kept: the archive decides what stays for ever."),
        )
    )


def old_links(at: datetime) -> QuerySet[PreviewLink]:
    """Return links that ended over 90 days ago."""
    before = at - LINKS
    return PreviewLink.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before))


def rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield what the person follows, their searches and their questions with the answers."""
    follows = Follow.objects.filter(user=user).select_related("challenge", "planned", "policy_area", "department")
    for follow in follows.order_by("pk").iterator():
        yield {"what": "follow", "of": str(follow.thing), "since": follow.since, "by_mail": follow.frequency}
    for search in SavedSearch.objects.filter(user=user).order_by("pk").iterator():
        yield {"what": "alert", "name": search.name, "query": search.query, "since": search.since}
    asked = Question.objects.filter(asked_by=user).select_related("challenge")
    for question in asked.order_by("pk").iterator():
        yield {
            "what": "question",
            "call": question.challenge.reference,
            "at": question.asked_at,
            "text": question.text,
            "answer": question.answer,
            "answered": question.answered_at,
        }
    said = ReviewComment.objects.filter(Q(made_by=user) | Q(resolved_by=user)).select_related("challenge")
    for comment in said.order_by("pk").iterator():
        mine = comment.made_by_id == user.pk
        yield {
            "what": "review comment" if mine else "reply to a review comment",
            "call": comment.challenge.reference,
            "at": comment.made_at if mine else comment.resolved_at,
            "text": comment.text if mine else comment.reply,
        }


def plan(user: User, at: datetime) -> list[rights.Said]:  # noqa: ARG001 - the shape of the registry
    """Say what goes and what stays."""
    return [
        rights.Said(gettext("What you follow"), Follow.objects.filter(user=user).count()),
        rights.Said(gettext("Your alerts"), SavedSearch.objects.filter(user=user).count()),
        rights.Said(
            gettext("Your questions about calls, without your name"),
            Question.objects.filter(asked_by=user).count(),
            gettext("Question and answer are part of the call: everybody had the same information (LCSP art. 138)."),
        ),
    ]


def erase(user: User, at: datetime) -> None:  # noqa: ARG001 - the shape of the registry
    """Delete what the person follows and their alerts."""
    Follow.objects.filter(user=user).delete()
    SavedSearch.objects.filter(user=user).delete()
