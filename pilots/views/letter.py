"""Letters: all of a call before the release and after, one as its participant reads it, and as a document."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from govtech import clock
from govtech.accounts import roles
from govtech.audit.models import DecisionKind
from govtech.files import pdf
from govtech.policies import allows
from pilots.actions import letter as actions
from pilots.actions.document import letter_pdf
from pilots.calculations.letter import failed, range_of, sentence
from pilots.forms.letter import PublicationForm, ServedForm
from pilots.models import Award, AwardStatus, Letter, LetterOutcome, Resolution
from pilots.policies import letter as policies
from pilots.policies import review as reviews
from pilots.policies import term
from pilots.views.award import load, waiting_of
from pilots.views.second_chance import chances
from pilots.views.step import Step, given, take

SECOND = set(LetterOutcome) - {LetterOutcome.AWARDED}
TONES = {
    LetterOutcome.AWARDED: "pilot",
    LetterOutcome.RESERVE: "soon",
    LetterOutcome.NOT_SELECTED: "plain",
    LetterOutcome.EXCLUDED: "danger",
    LetterOutcome.LAPSED: "plain",
    LetterOutcome.DECLINED: "plain",
    LetterOutcome.WITHDRAWN: "plain",
    LetterOutcome.ANNULLED: "danger",
}


def drafts_of(challenge: Challenge, resolution: Resolution | None) -> list[actions.Draft]:
    """Return the letters that wait: of what is before the director, else of the awards that were accepted."""
    waiting = waiting_of(resolution)
    if resolution is None:
        return []
    if waiting is not None and waiting.kind == DecisionKind.VOID:
        return actions.drafts_of_end(resolution)
    accepted = Award.objects.filter(resolution=resolution, status=AwardStatus.ACCEPTED)
    if waiting is not None:
        accepted = accepted.filter(public_id__in=waiting.payload["awards"])
    awards = list(accepted.select_related("proposal__organisation").order_by("pk"))
    return actions.drafts(challenge, awards) if awards else []


@require_safe
def letters(request: HttpRequest, slug: str) -> HttpResponse:
    """Every letter of a call: those that wait for the release, what is missing in them, and those released."""
    challenge, at = load(request, slug), clock.now()
    resolution = Resolution.objects.filter(challenge=challenge).first()
    drafts = drafts_of(challenge, resolution)
    sent = Letter.objects.filter(resolution=resolution).select_related("proposal__organisation", "recorded_by")
    context = {
        "challenge": challenge,
        "resolution": resolution,
        "drafts": [(draft, TONES[draft.outcome]) for draft in drafts],
        "missing": actions.missing_of(drafts),
        "sent": [(letter, TONES[LetterOutcome(letter.outcome)]) for letter in sent.order_by("-released_at", "pk")],
        "publications": list(resolution.publications.shown()) if resolution else [],
        "can_record": resolution is not None and allows(policies.check_can_record, resolution, by=request.user, at=at),
    }
    return render(request, "pilots/letters.html", context)


@require_safe
def draft(request: HttpRequest, slug: str, proposal: str) -> HttpResponse:
    """A letter as it would be released now, word for word."""
    challenge = load(request, slug)
    resolution = Resolution.objects.filter(challenge=challenge).first()
    found = [each for each in drafts_of(challenge, resolution) if each.proposal.public_id == proposal]
    if not found:
        raise Http404
    context = {
        "challenge": challenge,
        "missing": found[0].missing,
        "up": reverse("pilots:letters", kwargs={"slug": challenge.slug}),
        **_shown(found[0].content),
    }
    return render(request, "pilots/letter.html", context)


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the page says of a letter's content."""
    return {
        "content": content,
        "outcome": LetterOutcome(content["outcome"]),
        "tone": TONES[LetterOutcome(content["outcome"])],
        "sentence": sentence(content),
        "rows": [(row, range_of(row)) for row in content.get("rows", [])],
        "failed": failed(content),
    }


def load_letter(request: HttpRequest, public_id: str) -> Letter:
    """Return a letter of the person's organisation or, without a conflict, of the Office; else 404 or 403."""
    rows = Letter.objects.visible_to(request.user)
    rows = rows.select_related("resolution__challenge__department", "proposal__organisation", "proposal__challenge")
    found = get_object_or_404(rows, public_id=public_id)
    policies.check_can_read(found, by=request.user, at=clock.now())
    return found


@require_safe
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a participant was notified, until when it can be contested, and what can be done now."""
    found, at, user = load_letter(request, public_id), clock.now(), request.user
    is_own = policies.is_own(found, user)
    context = {
        "letter": found,
        "challenge": found.resolution.challenge,
        "resolution": found.resolution,
        "terms": term.of_letter(found),
        "today": clock.local_date(at),
        "is_own": is_own,
        "reviews": list(found.reviews.order_by("lodged_at", "pk")),
        "can_lodge": allows(reviews.check_can_lodge, found, by=user, at=at),
        "can_record": roles.is_officer(user) and not is_own,
        "second": is_own and found.outcome in SECOND and chances(found, user, at=at),
        **_shown(found.content),
    }
    return render(request, "pilots/letter.html", context)


@require_safe
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letter as an accessible PDF, made of what was released."""
    found = load_letter(request, public_id)
    response = HttpResponse(letter_pdf(found), content_type=pdf.CONTENT_TYPE)
    name = f"notificacion-{found.resolution.challenge.reference}-{found.public_id}.pdf".lower()
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def served(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down when a letter was formally notified."""
    found, at = load_letter(request, public_id), clock.now()
    challenge = found.resolution.challenge
    back = reverse("pilots:letters", kwargs={"slug": challenge.slug})
    step = Step(
        title=_("Formal notification"),
        lead=_("The portal tells everybody at once; this is the day of the notification with legal effect."),
        button=_("Write it down"),
        back=back,
        back_label=_("Letters"),
        eyebrow=challenge.reference,
        facts=[(_("Organisation"), found.proposal.organisation.name), (_("Outcome"), found.get_outcome_display())],
    )
    return take(
        request,
        step,
        ServedForm(**given(request)),
        check=partial(policies.check_can_record_service, found, by=request.user, at=at),
        do=lambda data: actions.record_service(found, by=request.user, at=at, **data),
        done=_("Written down. The terms run from that day."),
    )


def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down where the resolution was formally published."""
    challenge, at = load(request, slug), clock.now()
    resolution = get_object_or_404(Resolution, challenge=challenge)
    step = Step(
        title=_("Formal publication"),
        lead=_(
            "Where the buyer profile publishes this resolution. The public page links it. Written again with the same "
            "reference, it corrects the address or the day."
        ),
        button=_("Write it down"),
        back=reverse("pilots:letters", kwargs={"slug": challenge.slug}),
        back_label=_("Letters"),
        eyebrow=challenge.reference,
        facts=[(_("Challenge"), challenge.title)],
    )
    return take(
        request,
        step,
        PublicationForm(**given(request)),
        check=partial(policies.check_can_record, resolution, by=request.user, at=at),
        do=lambda data: actions.record_publication(resolution, by=request.user, at=at, **data),
        done=_("Written down. The public page says it."),
    )
