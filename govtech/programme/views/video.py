"""Videos: the list, the player's page, what the player asks for, and the Office's forms."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.files.actions import all_or_nothing, check_video
from govtech.files.checks import MAX_VIDEO_BYTES
from govtech.files.uploads import taking
from govtech.files.views import send_media
from govtech.programme import places
from govtech.programme.actions import video as actions
from govtech.programme.calculations import chapters
from govtech.programme.forms.video import VideoForm
from govtech.programme.models import Video, VideoStatus
from govtech.programme.policies import content as policies
from govtech.reference.models import in_language
from govtech.shell import pages
from govtech.shell.prose import render_markdown

KEPT_SECONDS = 3600
LANGUAGES = ("es", "en")


@login_not_required
@require_safe
@pages.for_everybody
def videos(request: HttpRequest) -> HttpResponse:
    """All published videos."""
    rows = list(Video.objects.published().listed())
    return render(request, "programme/videos.html", {"rows": rows, "is_office": roles.is_officer(request.user)})


def _found(request: HttpRequest, slug: str) -> Video:
    return get_object_or_404(Video.objects.visible_to(request.user).select_related("file"), slug=slug)


@login_not_required
@require_safe
@pages.for_everybody_asking("play")
def video(request: HttpRequest, slug: str) -> HttpResponse:
    """A video with captions, chapters and transcript.

    One that lies elsewhere isn't asked for, nor allowed to be by the page's policy, before `play` says whose it is.
    """
    found = _found(request, slug)
    plays = bool(found.file_id) or request.GET.get("play") == found.host != ""
    context = {
        "video": found,
        "plays": plays,
        "tracks": found.tracks,
        "parts": [(each, in_language(each.title, each.title_en)) for each in found.parts],
        "transcript": render_markdown(in_language(found.transcript, found.transcript_en), top=3),
        "shown_at": [places.label_of(key) for key in found.places],
        "is_office": roles.is_officer(request.user),
        "lacks": policies.missing(found) if roles.is_officer(request.user) else [],
    }
    sources: list[Any] = [SELF, f"https://{found.host}"] if found.host and plays else [SELF]
    answered = csp_update({"media-src": sources})(lambda asked: render(asked, "programme/video.html", context))
    return answered(request)  # type: ignore[return-value]


@login_not_required
@require_safe
def video_file(request: HttpRequest, slug: str, file: str) -> HttpResponseBase:
    """The video itself, in the parts that players ask for. Its address changes with the file."""
    found = _found(request, slug)
    if found.file is None or found.file.public_id != file:
        raise Http404
    is_public = found.status == VideoStatus.PUBLISHED
    return send_media(request, found.file, seconds=KEPT_SECONDS if is_public else 0)


@login_not_required
@require_safe
@pages.for_everybody
def video_track(request: HttpRequest, slug: str, kind: str, language: str) -> HttpResponse:
    """Captions or chapters, as players read them."""
    found = _found(request, slug)
    if language not in LANGUAGES or kind not in ("captions", "chapters"):
        raise Http404
    if kind == "chapters":
        text = chapters.as_webvtt(found.parts, found.seconds or 0, english=language == "en") if found.chapters else ""
    else:
        text = found.captions_en if language == "en" else found.captions
    if not text:
        raise Http404
    response = HttpResponse(text, content_type="text/vtt; charset=utf-8")
    response["Content-Language"] = language
    return response


# The Office ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@taking(MAX_VIDEO_BYTES, roles.is_officer)
def video_new(request: HttpRequest) -> HttpResponse:
    """Add a video."""
    policies.check_can_write(by=request.user)
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@taking(MAX_VIDEO_BYTES, roles.is_officer)
def video_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a video."""
    policies.check_can_write(by=request.user)
    return _write(request, _own(request, public_id))


def _own(request: HttpRequest, public_id: str) -> Video:
    if not roles.is_officer(request.user):
        raise PermissionDenied(_("Only the Digital Office writes the contents of the portal."))
    return get_object_or_404(Video.objects.select_related("file"), public_id=public_id)


def _write(request: HttpRequest, row: Video | None) -> HttpResponse:
    posted = request.method == "POST"
    form = VideoForm(request.POST if posted else None, request.FILES if posted else None, instance=row)
    if posted and form.is_valid():
        values = {**form.cleaned_data}
        upload = values.pop("upload")
        stored = Video.objects.get(pk=row.pk) if row else None  # the form wrote on the other
        try:
            checked = check_video(upload) if upload else None
            with all_or_nothing():
                saved = actions.save_video(stored, checked=checked, **values, by=request.user, at=clock.now())
        except DomainError as refusal:
            field = "upload" if refusal.field == "file" else refusal.field
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The video is saved."))
            return redirect(saved)
    context = {"form": form, "video": row}
    return render(request, "programme/video_form.html", context, status=422 if posted else 200)


@require_POST
def video_publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show it to everybody."""
    found = _own(request, public_id)
    try:
        actions.publish(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The video is published."))
    return redirect(found)


@require_POST
def video_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show it to nobody but the Office."""
    found = _own(request, public_id)
    try:
        actions.withdraw(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The video is withdrawn."))
    return redirect(found)
