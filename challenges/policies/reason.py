"""Why each rule of the check list is there, in the words a delegate reads beside it. Tests want one for each."""

from django.utils.translation import gettext_lazy as _

_SCOPE = _("Who proposes must know what to plan for; what isn't written is asked by everybody.")
_DAYS = _("The call publishes the whole calendar: companies plan their work, and the terms bind the city too.")

REASONS = {
    "title_words": _("The title is what companies find when they search."),
    "title_solution": _(
        "Who names a solution gets only that one. A problem is answered in ways that nobody here has thought of."
    ),
    "text_solution": _(
        "If the text asks for a tool, other ways to solve it are left out, and competition with them (LCSP art. 126)."
    ),
    "brand": _("A call may not name brands or companies: it favours some and shuts out others (LCSP art. 126.6)."),
    "summary_missing": _("It is all that most people read: the list, the alerts and the search show it."),
    "policy_area_missing": _("Companies follow policy areas: without one nobody is told of the call."),
    "problem_missing": _("It is the heart of the call: every proposal answers it."),
    "problem_short": _("Fewer than 20 words rarely let somebody from outside understand what happens."),
    "affected_missing": _("Whom it affects, and how many, says what a solution is worth."),
    "tried_missing": _("It saves proposals of what is known not to work."),
    "outcome_missing": _("Without it nobody can tell whether a pilot went well."),
    "baseline_missing": _("Improvement is measured against today's figure; at the end it is too late to look for it."),
    "baseline_figure": _("A description can't be compared with the result; a figure can, though it is rough."),
    "target_missing": _("Proposals are judged by how far they move the figure towards the target."),
    "target_figure": _("A target without a figure is met by anything, or by nothing."),
    "place_missing": _SCOPE,
    "personal_data_missing": _("With personal data the law asks for more before it starts (GDPR arts. 28 and 35)."),
    "data_missing": _("What can be built depends on it, and it is the first thing companies ask."),
    "duration_missing": _SCOPE,
    "contribution_missing": _("Pilots stop when nobody on the city's side has time for them."),
    "adoption_missing": _("Most pilots that work aren't adopted because nobody had put the money aside."),
    "adoption_unit": _("Somebody with a name and a post must want it to go on; «the city» adopts nothing."),
    "adoption_budget": _("If no budget is foreseen, a good result ends with the pilot."),
    "amount_missing": _("It decides what can be proposed, and the credit that must be kept for it."),
    "amount_limit": _("Over the limit the law asks for another procedure (LCSP art. 118.1)."),
    "report_missing": _("Splitting a need to stay under the limit is forbidden (LCSP art. 99.2)."),
    "criteria_missing": _("Proposals can only be judged by what was published (LCSP art. 145)."),
    "weights": _("The points of a proposal are out of 100."),
    "judgement_missing": _("The lowest price alone doesn't tell which idea is best."),
    "price_missing": _("Price is part of the best value for money; without it, all will ask for the maximum."),
    "calendar_missing": _DAYS,
    "calendar_days": _DAYS,
    "answers_late": _("Companies need days to use the answers."),
    "august": _("In August offices and companies are closed: fewer proposals come, and worse ones."),
    "christmas": _("Around Christmas few people can finish a proposal or answer questions."),
    "few_days": _("A good proposal takes a small company about three weeks beside its work."),
    "too_long": _("Nobody reads to the end, and what matters is lost. Details fit in a document."),
    "long_sentence": _("Long sentences are read twice or not at all. Clear Spanish asks for 30 words at most."),
    "reading": _(
        "Score of Szigriszt-Pazos on the INFLESZ scale: 55 or more is normal. Short sentences and short words raise it."
    ),
    "training_missing": _(
        "Who has learnt how a challenge is written sends one that gets good answers; the Office's sessions are free."
    ),
    "terms_missing": _("They are part of the contract: companies must read them before they propose."),
}  # fmt: skip
