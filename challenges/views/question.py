"""Questions and answers on a call."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import question as actions
from challenges.forms.question import AnswerForm, QuestionForm
from challenges.models import Challenge, Question
from challenges.policies import question as policies
from challenges.views.catalogue import public
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows


@login_not_required
@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked and answered; the form to ask; for the department, what waits for an answer."""
    return _page(request, public(request, slug))


def _page(
    request: HttpRequest, challenge: Challenge, *, form: QuestionForm | None = None, status: int = 200
) -> HttpResponse:
    at, user = clock.now(), request.user
    answers = roles.is_delegate(user, challenge.department_id) or roles.is_officer(user)
    refusal = ""
    try:
        policies.check_can_ask(challenge, by=user, at=at)
    except (DomainError, PermissionDenied) as error:
        refusal = str(error)
    context = {
        "challenge": challenge,
        "at": at,
        "answered": challenge.questions.answered().order_by("answered_at", "pk"),
        "waiting": challenge.questions.filter(answered_at=None).order_by("asked_at", "pk") if answers else [],
        "answers": answers,
        "own": challenge.questions.filter(answered_at=None, asked_by=user).order_by("asked_at", "pk")
        if user.is_authenticated and not answers
        else [],
        "is_asking": policies.is_asking(challenge, at=at),
        "can_ask": not refusal,
        "refusal": refusal if user.is_authenticated and not roles.is_participantless(user) else "",
        "form": form or QuestionForm(),
    }
    return render(request, "challenges/questions.html", context, status=status)


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a question, in time."""
    challenge = public(request, slug)
    policies.check_asks(by=request.user)
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            actions.ask(challenge, **form.cleaned_data, by=request.user)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request,
                _("Your question has been sent. The answer is published here for everybody, and you will be told."),
            )
            return redirect("challenges:questions", slug=slug)
    return _page(request, challenge, form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Answer a question: published for everybody."""
    challenge = public(request, slug)
    question = get_object_or_404(
        Question.objects.visible_to(request.user).select_related("challenge"), challenge=challenge, public_id=public_id
    )
    at = clock.now()
    policies.check_answers(challenge, by=request.user)
    if not allows(policies.check_can_answer, question, by=request.user, at=at):
        messages.info(request, _("This question can't be answered any more, or has its answer."))
        return redirect("challenges:questions", slug=slug)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(question, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, _("The answer is published. Who asked has been told; the others will hear within the hour.")
            )
            return redirect("challenges:questions", slug=slug)
    context = {"challenge": challenge, "question": question, "form": form, "at": at}
    return render(request, "challenges/answer.html", context, status=422 if form.is_bound else 200)
