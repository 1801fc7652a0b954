"""A request to review a resolution: lodged by the participant, read and answered by the city."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.shell.words import formatted
from pilots.actions import review as actions
from pilots.forms.letter import AnswerForm, ReviewForm
from pilots.models import ReviewRequest
from pilots.policies import review as policies
from pilots.policies import term
from pilots.views.letter import load_letter
from pilots.views.step import Step, given, press, take


def lodge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a review of what a letter says."""
    letter, at = load_letter(request, public_id), clock.now()
    terms = term.of_letter(letter)
    late = terms.review_until is not None and clock.local_date(at) > terms.review_until
    step = Step(
        title=_("Ask for a review"),
        lead=_("The body that approved the resolution looks at it again and answers with reasons, within a month."),
        button=_("Lodge the request"),
        back=letter.get_absolute_url(),
        back_label=_("What you were notified"),
        eyebrow=letter.resolution.challenge.reference,
        advice=_("The term is over. It is kept on the record, and the answer may be that it came late.")
        if late
        else "",
        facts=[
            (_("Challenge"), letter.resolution.challenge.title),
            (_("Last day to ask"), formatted(terms.review_until, "day")),
            (_("Appeal to the courts, until"), formatted(terms.court_until, "day")),
        ],
    )
    return take(
        request,
        step,
        ReviewForm(**given(request)),
        check=partial(policies.check_can_lodge, letter, by=request.user, at=at),
        do=lambda data: actions.lodge(letter, by=request.user, at=at, **data),
        done=_("Lodged, with its date and time. You will be told when it is answered."),
    )


def load(request: HttpRequest, public_id: str) -> ReviewRequest:
    """Return a request of the person's organisation or, without a conflict, of the Office; else 404 or 403."""
    rows = ReviewRequest.objects.visible_to(request.user).select_related(
        "letter__resolution__challenge", "letter__proposal__organisation", "lodged_by", "answered_by", "file"
    )
    found = get_object_or_404(rows, public_id=public_id)
    policies.check_can_read(found, by=request.user, at=clock.now())
    return found


def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was asked and what was answered; a director answers here."""
    review, at, user = load(request, public_id), clock.now(), request.user
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        try:
            policies.check_can_answer(review, by=user, at=at)
        except DomainError as refusal:
            return press(request, partial(_raise, refusal), done="", back=review.get_absolute_url())
        if not form.is_bound:
            form = AnswerForm(request.POST)
        if form.is_valid():
            do = partial(actions.answer, review, by=user, at=at, **form.cleaned_data)
            return press(request, do, done=_("Answered. The organisation has been told."), back=request.path)
    context = {
        "review": review,
        "letter": review.letter,
        "challenge": review.letter.resolution.challenge,
        "form": form,
        "can_answer": allows(policies.check_can_answer, review, by=user, at=at),
    }
    return render(request, "pilots/review.html", context, status=422 if request.method == "POST" else 200)


def _raise(error: Exception) -> None:
    raise error


@require_safe
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file that came with a request."""
    review = load(request, public_id)
    if review.file is None:
        raise Http404
    return send_file(review.file)
