"""Who explains the programme: the Office."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import check_move
from govtech.programme.calculations import chapters, webvtt
from govtech.programme.models import Article, ArticleStatus, Video, VideoStatus
from govtech.programme.models.article import ARTICLE_TRANSITIONS
from govtech.programme.models.video import VIDEO_TRANSITIONS
from govtech.shell.prose import images_of


def check_can_write(*, by: Any) -> None:
    """Officers write what the programme says."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Digital Office writes the contents of the portal."))


def missing(video: Video) -> list[tuple[str, str]]:
    """Return what a video lacks before everybody may see it: fields, each with why."""
    found = []
    if not video.file_id and not video.external_url:
        found.append(("file", _("Add the video: a file, or its address elsewhere.")))
    if not video.seconds:
        found.append(("seconds", _("Say how long it lasts.")))
    if not video.captions:
        found.append(("captions", _("Add captions in Spanish: many people watch without hearing.")))
    if not video.transcript:
        found.append(("transcript", _("Add the transcript in Spanish: what is said and what is seen.")))
    for field in ("captions", "captions_en", "chapters"):
        try:
            if getattr(video, field):
                check_track(field, getattr(video, field), video.seconds)
        except DomainError as refusal:
            found.append((field, str(refusal)))
    return found


def check_track(field: str, text: str, seconds: int | None) -> None:
    """Refuse captions or chapters that players couldn't read, or that don't fit the video."""
    if field == "chapters":
        chapters.read(text, seconds=seconds)
    else:
        webvtt.read(text, seconds=seconds)


def check_can_publish(video: Video, *, by: Any) -> None:
    """Officers publish a video with captions and transcript."""
    check_can_write(by=by)
    check_move(VIDEO_TRANSITIONS, VideoStatus(video.status), VideoStatus.PUBLISHED)
    for field, why in missing(video):
        raise DomainError(why, field=field)


def check_can_withdraw(video: Video, *, by: Any) -> None:
    """Officers withdraw a video."""
    check_can_write(by=by)
    check_move(VIDEO_TRANSITIONS, VideoStatus(video.status), VideoStatus.WITHDRAWN)


def check_pictures(text: str, known: set[str], field: str) -> None:
    """Refuse a text that shows what isn't a picture of its own: with alternative text, and nobody else's."""
    for key in images_of(text):
        if key not in known:
            raise DomainError(
                _("«%(key)s» isn't a picture of this page. Add it below, and write the mark that stands beside it.")
                % {"key": key[:80]},
                field=field,
            )


def check_can_move_article(article: Article, status: ArticleStatus, *, by: Any) -> None:
    """Officers publish and withdraw."""
    check_can_write(by=by)
    check_move(ARTICLE_TRANSITIONS, ArticleStatus(article.status), status)
