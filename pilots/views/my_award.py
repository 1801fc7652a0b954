"""The proposed winner's page: accept or decline, hand in papers."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from pilots.actions import award as actions
from pilots.actions import paper as papers
from pilots.forms.award import AcceptForm, DeclineForm, PaperForm
from pilots.models import Award, AwardPaper, AwardStatus
from pilots.policies import award as policies
from pilots.views.award import TONES, load_award
from pilots.views.step import press
from startups.models import OrganisationRole, PaperKind
from startups.policies.dossier import missing_for_award


def mine(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proposed winner's page: accept or decline, hand in papers."""
    award, at, user = load_award(request, public_id), clock.now(), request.user
    answer = request.POST.get("answer", "")
    accept = AcceptForm(request.POST if answer == "accept" else None, prefix="accept")
    decline = DeclineForm(request.POST if answer == "decline" else None, prefix="decline")
    paper = PaperForm(*((request.POST, request.FILES) if answer == "paper" else ()), prefix="paper")
    if request.method == "POST":
        response = _answer(request, award, {"accept": accept, "decline": decline, "paper": paper}, answer, at)
        if response is not None:
            return response
    context = {
        "award": award,
        "challenge": award.resolution.challenge,
        "status": AwardStatus(award.status),
        "tone": TONES[AwardStatus(award.status)],
        "papers": list(award.papers.select_related("file", "dossier_paper").order_by("added_at", "pk")),
        "accept": accept,
        "decline": decline,
        "paper": paper,
        "in_dossier": papers.in_dossier(award, at=at),
        "keeps_dossier": policies.membership_of(user, award.proposal.organisation_id) == OrganisationRole.OWNER,
        "missing": _missing(award, at),
        "can_answer": allows(policies.check_can_answer, award, by=user, at=at),
        "can_add": allows(policies.check_can_add_paper, award, by=user, at=at),
        "today": clock.local_date(at),
    }
    bound = any(form.is_bound for form in (accept, decline, paper))
    return render(request, "pilots/my_award.html", context, status=422 if bound else 200)


def _missing(award: Award, at: datetime) -> list[Any]:
    """Return the kinds of paper that are still to be handed in. What is signed by accepting isn't one."""
    held = set(award.papers.values_list("kind", flat=True))
    if award.status == AwardStatus.PROPOSED:
        held.add(PaperKind.NOT_BARRED)
    missing = missing_for_award(award.proposal.organisation, on=clock.local_date(at))
    return [kind for kind in missing if kind not in held]


def _answer(
    request: HttpRequest, award: Award, forms: dict[str, Any], answer: str, at: datetime
) -> HttpResponse | None:
    form, back = forms.get(answer), reverse("pilots:my_award", kwargs={"public_id": award.public_id})
    if answer == "dossier":
        do = partial(papers.add_from_dossier, award, by=request.user, at=at)
        return press(request, do, done=_("Handed in."), back=back)
    check = policies.check_can_add_paper if answer == "paper" else policies.check_can_answer
    try:
        check(award, by=request.user, at=at)
    except DomainError as refusal:
        return press(request, partial(_raise, refusal), done="", back=back)
    if form is None:
        return redirect(back)
    if not form.is_valid():
        return None
    data, who = form.cleaned_data, {"by": request.user, "at": at}
    if answer == "paper":
        do = partial(actions.add_paper, award, title=data["title"], upload=data["file"], kind=data["kind"], **who)
        done = _("Paper handed in.")
    else:
        do = partial(getattr(actions, answer), award, note=data["note"], **who)
        done = _("You have accepted. The Office prepares the award.") if answer == "accept" else _("You have declined.")
    try:
        do()
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    return press(request, lambda: None, done=done, back=back)


def _raise(error: Exception) -> None:
    raise error


def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """Download a paper of the proposed winner: for its organisation and the Office."""
    rows = AwardPaper.objects.select_related("file", "award__proposal", "award__resolution__challenge")
    found = get_object_or_404(rows, public_id=public_id)
    policies.check_can_read(found.award, by=request.user)
    if found.file is None:
        raise Http404
    return send_file(found.file)
