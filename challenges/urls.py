"""Addresses of challenges."""

from django.urls import path, register_converter
from django.utils.translation import pgettext_lazy

from challenges.calculations.step import WORDS
from challenges.feeds import atom, calendar
from challenges.views import (
    alert,
    card,
    catalogue,
    correction,
    draft,
    follow,
    incident,
    listing,
    need,
    planned,
    preview,
    question,
    queue,
    review,
    step,
    template,
    version,
)


class StepConverter:
    """A step of the form, by its word in the language of the address."""

    regex = "[a-z-]+"

    def to_python(self, value: str) -> str:
        """Return the key of the step whose word this is in the language in force."""
        for key, word in WORDS.items():
            if str(word) == value:
                return key
        raise ValueError(value)

    def to_url(self, value: str) -> str:
        """Return the word of the step in the language in force."""
        return str(WORDS[value])


register_converter(StepConverter, "challenge_step")

app_name = "challenges"
urlpatterns = [
    # writing and reviewing, by the private address
    path(pgettext_lazy("url", "my-challenges/"), draft.mine, name="mine"),
    path(pgettext_lazy("url", "my-challenges/new/"), draft.new, name="new"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/"), draft.draft, name="draft"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/continue/"), draft.resume, name="resume"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/history/"), version.history, name="history"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/preview/"), preview.preview, name="preview"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/preview/revoke/"), preview.revoke, name="preview_revoke"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/show-idea/"), need.show_idea, name="show_idea"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/merge/"), need.merge, name="merge"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/send/"), draft.submit, name="submit"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/delete/"), draft.discard, name="discard"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/take-it-back/"), draft.take_back, name="take_back"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/dealt-with/"), draft.settle, name="settle"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/"), review.review, name="review"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/comment/"), review.comment, name="comment"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/take-back/"), review.uncomment, name="uncomment"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/comments/"), review.note_state, name="note_state"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/seen/"), review.seen, name="seen"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/take/"), queue.take, name="take"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/calendar/"), review.calendar, name="calendar"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/return/"), review.send_back, name="send_back"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/reject/"), review.reject, name="reject"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/legal-report/"), catalogue.report, name="report"),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/review/terms/"), review.terms, name="terms"),
    path(
        pgettext_lazy("url", "my-challenges/<slug:public_id>/documents/<slug:file_id>/"),
        catalogue.draft_document,
        name="draft_document",
    ),
    path(
        pgettext_lazy("url", "my-challenges/<slug:public_id>/documents/<slug:file_id>/remove/"),
        step.remove_document,
        name="remove_document",
    ),
    path(pgettext_lazy("url", "my-challenges/<slug:public_id>/<challenge_step:key>/"), step.step, name="step"),
    # the Office
    path(pgettext_lazy("url", "review-queue/"), queue.queue, name="queue"),
    path(pgettext_lazy("url", "incidents/"), incident.incidents, name="incidents"),
    path(pgettext_lazy("url", "incidents/new/"), incident.new, name="incident_new"),
    path(pgettext_lazy("url", "incidents/<slug:public_id>/"), incident.incident, name="incident"),
    path(pgettext_lazy("url", "incidents/<slug:public_id>/extend/"), incident.apply, name="incident_apply"),
    # previews by a secret link, needs that departments share, templates
    path(pgettext_lazy("url", "preview/<str:token>/"), preview.shared, name="shared_preview"),
    path(
        pgettext_lazy("url", "preview/<str:token>/documents/<slug:file_id>/"),
        preview.shared_document,
        name="shared_document",
    ),
    path(pgettext_lazy("url", "needs/"), need.needs, name="needs"),
    path(pgettext_lazy("url", "needs/<slug:public_id>/"), need.need, name="need"),
    path(pgettext_lazy("url", "needs/<slug:public_id>/withdraw/"), need.withdraw, name="need_withdraw"),
    path(pgettext_lazy("url", "templates/"), template.templates, name="templates"),
    path(pgettext_lazy("url", "templates/new/"), template.new_template, name="new_template"),
    path(pgettext_lazy("url", "templates/<slug:public_id>/"), template.template, name="template"),
    path(pgettext_lazy("url", "templates/<slug:public_id>/retire/"), template.retire, name="template_retire"),
    # the catalogue
    path(pgettext_lazy("url", "following/"), alert.alerts, name="following"),
    path(pgettext_lazy("url", "following/change/"), follow.change, name="follow"),
    path(pgettext_lazy("url", "following/after-sign-in/"), follow.after_sign_in, name="follow_after_sign_in"),
    path(pgettext_lazy("url", "following/how-often/"), alert.set_frequency, name="alert_frequency"),
    path(pgettext_lazy("url", "following/remove/"), alert.remove, name="alert_remove"),
    path(pgettext_lazy("url", "following/alerts/new/"), alert.new, name="alert_new"),
    path(pgettext_lazy("url", "following/alerts/<slug:public_id>/"), alert.edit, name="alert"),
    path(pgettext_lazy("url", "planned-challenges/"), planned.planned_list, name="planned_list"),
    path(pgettext_lazy("url", "planned-challenges/announce/"), planned.announce, name="planned_new"),
    path(pgettext_lazy("url", "planned-challenges/<slug:public_id>/"), planned.planned, name="planned"),
    path(pgettext_lazy("url", "planned-challenges/<slug:public_id>/change/"), planned.change, name="planned_change"),
    path(pgettext_lazy("url", "planned-challenges/<slug:public_id>/drop/"), planned.drop, name="planned_drop"),
    path(pgettext_lazy("url", "planned-challenges/<slug:public_id>/link/"), planned.link, name="planned_link"),
    path(pgettext_lazy("url", "planned-challenges/<slug:public_id>/unlink/"), planned.unlink, name="planned_unlink"),
    path(pgettext_lazy("url", "challenges/"), catalogue.catalogue, name="list"),
    path(pgettext_lazy("url", "challenges/list.json"), listing.as_json, name="json"),
    path(pgettext_lazy("url", "challenges/embed.html"), listing.embed, name="embed"),
    path(pgettext_lazy("url", "challenges/fragment.html"), listing.fragment, name="fragment"),
    path(pgettext_lazy("url", "challenges/feed.atom"), atom.of_search, name="feed"),
    path(pgettext_lazy("url", "challenges/calendar.ics"), calendar.of_search, name="calendar_feed"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/"), catalogue.detail, name="detail"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/card-<slug:version>.png"), card.card, name="card"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/deadline.ics"), calendar.of_challenge, name="deadline"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/documents/<slug:file_id>/"), catalogue.document, name="document"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/correct/"), correction.correct, name="correct"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/correct/criteria/"), correction.criteria, name="correct_criteria"
    ),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/correct/documents/"),
        correction.documents,
        name="correct_document",
    ),
    path(pgettext_lazy("url", "challenges/<slug:slug>/extend/"), correction.extend, name="extend"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/questions/"), question.questions, name="questions"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/questions/ask/"), question.ask, name="ask"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/questions/similar/"), question.similar, name="similar"),
    path(pgettext_lazy("url", "challenges/<slug:slug>/questions/<slug:public_id>/"), question.answer, name="answer"),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/questions/<slug:public_id>/correct/"),
        question.correct,
        name="answer_correct",
    ),
    path(
        pgettext_lazy("url", "challenges/<slug:slug>/questions/<slug:public_id>/private/"),
        question.move_out,
        name="question_private",
    ),
]
