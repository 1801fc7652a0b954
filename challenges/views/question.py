"""Questions and answers on a call."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import question as actions
from challenges.filters.question import similar as found_alike
from challenges.forms.question import AnswerCorrectionForm, AnswerForm, PrivateForm, QuestionForm
from challenges.models import AnswerCorrection, Challenge, Question, Status
from challenges.policies import question as policies
from challenges.views.catalogue import public
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell.registry import slots

MOST_TYPED = 2_000


@login_not_required
@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked and answered; the form to ask; for the department, what waits for an answer."""
    return _page(request, public(request, slug))


def _page(
    request: HttpRequest,
    challenge: Challenge,
    *,
    form: QuestionForm | None = None,
    alike: Sequence[Question] = (),
    status: int = 200,
) -> HttpResponse:
    at, user = clock.now(), request.user
    answers = roles.is_delegate(user, challenge.department_id) or roles.is_officer(user)
    refusal = ""
    try:
        policies.check_can_ask(challenge, by=user, at=at)
    except (DomainError, PermissionDenied) as error:
        refusal = str(error)
    rows = challenge.questions.all()
    goes_on = challenge.status in (Status.PUBLISHED, Status.EVALUATING)
    own = Q(answered_at=None) | Q(moved_out_at__isnull=False)
    context = {
        "challenge": challenge,
        "at": at,
        "answered": rows.answered().order_by("answered_at", "pk"),
        "withdrawn": rows.withdrawn().order_by("moved_out_at", "pk"),
        "waiting": rows.waiting().order_by("asked_at", "pk") if answers else [],
        "private": rows.filter(moved_out_at__isnull=False, answered_at__isnull=False).order_by("answered_at", "pk")
        if answers
        else [],
        "answers": answers,
        "can_correct": answers and goes_on,
        "can_move_out": answers and goes_on,
        "can_withdraw": goes_on and roles.is_officer(user),
        "own": rows.filter(own, asked_by=user).order_by("asked_at", "pk")
        if user.is_authenticated and not answers
        else [],
        "is_asking": policies.is_asking(challenge, at=at),
        "can_ask": not refusal,
        "refusal": refusal if user.is_authenticated and not roles.is_participantless(user) else "",
        "form": form or _form(request),
        "alike": alike,
    }
    _join_corrections(challenge, context)
    slots.prepare("question.own", context["own"], user, request=request)
    return render(request, "challenges/questions.html", context, status=status)


LISTS = ("answered", "withdrawn", "waiting", "private", "own")


def _join_corrections(challenge: Challenge, context: dict[str, Any]) -> None:
    """Give each question shown the corrections of its answer. One query, however many there are."""
    found: dict[int, list[AnswerCorrection]] = {}
    for correction in AnswerCorrection.objects.filter(question__challenge=challenge).order_by("number"):
        found.setdefault(correction.question_id, []).append(correction)
    for name in LISTS:
        context[name] = list(context.get(name, []))
        for question in context[name]:
            question.corrected = found.get(question.pk, [])


@login_not_required
@require_safe
def similar(request: HttpRequest, slug: str) -> HttpResponse:
    """A piece of page for htmx: answers like the question being typed. Only what anybody reads."""
    challenge = public(request, slug)
    if "HX-Request" not in request.headers:  # a piece alone is no page
        return redirect("challenges:questions", slug=slug)
    alike = list(found_alike(challenge, request.GET.get("text", "")[:MOST_TYPED], user=request.user))
    response = render(request, "challenges/_alike.html", {"alike": alike, "challenge": challenge, "while_typing": True})
    response["X-Robots-Tag"] = "noindex"
    return response


def _form(request: HttpRequest) -> QuestionForm:
    """Return the form to ask, with the organisations of a person of several."""
    user, askers = request.user, policies.askers()
    given = request.POST if request.method == "POST" else None
    if askers is None or not user.is_authenticated:
        return QuestionForm(given)
    return QuestionForm(given, acting=askers.choices(user), first=askers.first(user))


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a question, in time. Where answers like it exist and weren't shown yet, they are shown first."""
    challenge = public(request, slug)
    policies.check_asks(by=request.user)
    form = _form(request)
    if form.is_valid():
        alike = list(found_alike(challenge, form.cleaned_data["text"], user=request.user))
        shown = set(request.POST.getlist("shown"))
        if not {question.public_id for question in alike} <= shown:
            return _page(request, challenge, form=form, alike=alike)
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


def _question(request: HttpRequest, challenge: Challenge, public_id: str) -> Question:
    return get_object_or_404(
        Question.objects.visible_to(request.user).select_related("challenge"), challenge=challenge, public_id=public_id
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Answer a question: published for everybody, or kept as a draft."""
    challenge = public(request, slug)
    question = _question(request, challenge, public_id)
    at = clock.now()
    policies.check_answers(challenge, by=request.user)
    if not allows(policies.check_can_answer, question, by=request.user, at=at):
        messages.info(request, _("This question can't be answered any more, or has its answer."))
        return redirect("challenges:questions", slug=slug)
    initial = {"text": question.draft} if question.draft else None
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keeps = "keep" in request.POST
        try:
            (actions.save_draft if keeps else actions.answer)(question, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request,
                _("The draft is kept. Nobody outside reads it yet.")
                if keeps
                else _("The answer is published. Who asked and the others will hear within the hour.")
                if question.moved_out_at is None
                else _("Answered. Only who asked reads it, and will hear within the hour."),
            )
            return redirect("challenges:questions", slug=slug)
    context = {
        "challenge": challenge,
        "question": question,
        "form": form,
        "at": at,
        "proposed": policies.proposed_closing(question, at=at),
        "draft_by": question.draft_saved_by.full_name if question.draft_saved_by else "",
    }
    return render(request, "challenges/answer.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Correct a published answer; the old one stays beside it."""
    challenge = public(request, slug)
    question = _question(request, challenge, public_id)
    at = clock.now()
    policies.check_answers(challenge, by=request.user)
    if not allows(policies.check_can_correct, question, by=request.user, at=at):
        messages.info(request, _("This answer can't be corrected now."))
        return redirect("challenges:questions", slug=slug)
    form = AnswerCorrectionForm(request.POST if request.method == "POST" else None, initial={"text": question.answer})
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(question, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Corrected. Everybody concerned will hear within the hour."))
            return redirect("challenges:questions", slug=slug)
    context = {"challenge": challenge, "question": question, "form": form}
    return render(request, "challenges/answer_correct.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def move_out(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Take a private matter out of the public list."""
    challenge = public(request, slug)
    question = _question(request, challenge, public_id)
    at = clock.now()
    if question.moved_out_at is not None and roles.is_officer(request.user):
        messages.info(request, _("It is out of the public list already."))
        return redirect("challenges:questions", slug=slug)
    try:
        policies.check_can_move_out(question, by=request.user, at=at)
    except DomainError as refusal:
        messages.info(request, str(refusal))
        return redirect("challenges:questions", slug=slug)
    form = PrivateForm(request.POST if request.method == "POST" else None, was_public=question.answered_at is not None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_out(question, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("It is out of the public list. Who asked has been told why."))
            return redirect("challenges:questions", slug=slug)
    context = {"challenge": challenge, "question": question, "form": form}
    return render(request, "challenges/question_private.html", context, status=422 if form.is_bound else 200)
