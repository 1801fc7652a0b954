"""The check list before a challenge is sent: what stops it, what is advised, what is in order.

Apps above add checks of theirs with `register`: there is credit, for instance.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.calculations.criteria import missing
from challenges.models.challenge import Challenge, Route, Status
from challenges.models.criterion import Criterion, CriterionKind
from challenges.policies import calendar
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell import words

OK, STOP, ADVICE = "ok", "stop", "advice"
SOLUTION_WORDS = re.compile(
    r"\b(app|apps|aplicaci[oó]n|plataforma|chatbot|blockchain|software|sistema de|inteligencia artificial|ia)\b", re.I
)


@dataclass(frozen=True)
class Check:
    """One line of the list: "ok", "stop" or "advice", in words, with the step and field it is about."""

    level: str
    text: str
    step: str
    field: str = ""
    total: int | None = None  # what the weights add up to, where that is the trouble


_registered: list[Callable[..., Iterable[Check]]] = []


def register(function: Callable[..., Iterable[Check]]) -> None:
    """Add `function(challenge, *, at) -> list[Check]`."""
    if function not in _registered:
        _registered.append(function)


def has_letters(text: str) -> bool:
    """Say whether `text` has at least three letters: signs and pictures alone name nothing."""
    return sum(character.isalpha() for character in text) >= 3


def checks(challenge: Challenge, *, at: datetime) -> list[Check]:
    """Return the whole list, in the order of the steps. A fixed number of queries."""
    found = [
        *_problem(challenge),
        *_outcome(challenge),
        *_setting(challenge),
        *_pilot(challenge),
        *_money(challenge, Rules.objects.in_force(local_date(at))),
        *_criteria(list(challenge.criteria.order_by("position"))),
        *_calendar(challenge, at),
        *_terms(challenge),
    ]
    for function in _registered:
        found += function(challenge, at=at)
    return found


def check_complete(challenge: Challenge, *, at: datetime) -> None:
    """Raise `DomainError` naming what stops it. The Office's terms count once it is under review."""
    before_review = challenge.status in (Status.DRAFT, Status.RETURNED)
    stops = [
        check.text
        for check in checks(challenge, at=at)
        if check.level == STOP and not (before_review and check.step == "terms")
    ]
    if stops:
        raise DomainError(
            ngettext("One thing is missing: %(stops)s", "%(count)s things are missing: %(stops)s", len(stops))
            % {"count": len(stops), "stops": " ".join(stops)}
        )


def _needs(challenge: Challenge, step: str, *fields: tuple[str, str, str]) -> list[Check]:
    """Check that texts are there: (field, words when it is missing, words when it is there or none)."""
    found = []
    for field, absent, present in fields:
        if getattr(challenge, field) in ("", None):
            found.append(Check(STOP, absent, step, field))
        elif present:
            found.append(Check(OK, present, step, field))
    return found


def _problem(challenge: Challenge) -> list[Check]:
    found = []
    if not has_letters(challenge.title):
        found.append(Check(STOP, _("The title has no words. Name the problem in a few."), "problem", "title"))
    elif SOLUTION_WORDS.search(challenge.title):
        found.append(Check(ADVICE, _("The title names a solution. Try to name the problem."), "problem", "title"))
    found += _needs(
        challenge,
        "problem",
        ("summary", _("The summary is missing: two sentences for the list of challenges."), ""),
        ("policy_area_id", _("The policy area is missing."), ""),
        ("problem", _("It doesn't say what happens."), ""),
        (
            "affected",
            _("It doesn't say who has the problem and how big it is."),
            _("The problem says whom it affects and how much"),
        ),
    )
    if not challenge.tried:
        found.append(
            Check(ADVICE, _("Say what has been tried: it saves others from proposing it."), "problem", "tried")
        )
    return found


def _outcome(challenge: Challenge) -> list[Check]:
    found = _needs(challenge, "outcome", ("outcome", _("It doesn't say what must be achieved."), ""))
    if challenge.baseline and challenge.target:
        found.append(Check(OK, _("There is a figure of today and a target"), "outcome", "target"))
    else:
        found += _needs(
            challenge,
            "outcome",
            ("baseline", _("Today's figure is missing: without it nobody can tell what changes."), ""),
            ("target", _("The target is missing: say what would be a good result."), ""),
        )
    if challenge.target and not re.search(r"\d", challenge.target):
        found.append(Check(ADVICE, _("The target has no figure. Can it be measured?"), "outcome", "target"))
    return found


def _setting(challenge: Challenge) -> list[Check]:
    found = _needs(
        challenge,
        "setting",
        ("place", _("It doesn't say where it would be tried."), ""),
        (
            "has_personal_data",
            _("Say if there are personal data: it decides whether an impact assessment is needed."),
            "",
        ),
    )
    if not challenge.data_available:
        found.append(
            Check(ADVICE, _("Say what data the service can give, or that there are none."), "setting", "data_available")
        )
    return found


def _pilot(challenge: Challenge) -> list[Check]:
    found = _needs(challenge, "pilot", ("duration_months", _("The length of the pilot is missing."), ""))
    if not challenge.contribution:
        found.append(Check(ADVICE, _("Say what the city puts in: people, places, hours."), "pilot", "contribution"))
    if challenge.adoption:
        found.append(Check(OK, _("It says who would pay for it afterwards"), "pilot", "adoption"))
    else:
        found.append(
            Check(ADVICE, _("Say who would pay for it if it works: a pilot without heir ends."), "pilot", "adoption")
        )
    return found


def estimated_value(challenge: Challenge) -> Decimal:
    """Return maximum net x awards + options, in euros without VAT (LCSP art. 101)."""
    return (challenge.max_amount_net or Decimal(0)) * challenge.awards_planned + challenge.options_net


def amount_problems(challenge: Challenge, rules: Rules) -> list[tuple[str, str]]:
    """Return (field, words) where the amount breaks the rules of a minor contract (LCSP art. 118.1)."""
    limit, amount = rules.minor_contract_limit_net, challenge.max_amount_net
    if challenge.route != Route.MINOR or amount is None:
        return []
    if amount >= limit:
        return [
            (
                "max_amount_net",
                _(
                    "A minor contract must be under %(limit)s without VAT. Lower the amount; if you need more, write "
                    "to the Digital Office: another procedure is needed."
                )
                % {"limit": words.euros(limit)},
            )
        ]
    value = estimated_value(challenge)
    if value >= limit and not challenge.independent_objects_reason.strip():
        return [
            (
                "awards_planned",
                _(
                    "All awards and options together come to %(value)s without VAT and must stay under %(limit)s. "
                    "Lower them, or explain below why each award is an independent object."
                )
                % {"value": words.euros(value), "limit": words.euros(limit)},
            )
        ]
    return []


def needs_legal_report(challenge: Challenge, *, at: datetime) -> bool:
    """Say whether the awards only fit a minor contract as independent objects, by a legal report."""
    rules = Rules.objects.in_force(local_date(at))
    return challenge.route == Route.MINOR and estimated_value(challenge) >= rules.minor_contract_limit_net


def _money(challenge: Challenge, rules: Rules) -> list[Check]:
    if not challenge.max_amount_net:
        return [Check(STOP, _("The maximum amount is missing."), "money", "max_amount_net")]
    problems = amount_problems(challenge, rules)
    if problems:
        return [Check(STOP, text, "money", field) for field, text in problems]
    found = [Check(OK, _("The amount fits a minor contract"), "money")] if challenge.route == Route.MINOR else []
    if estimated_value(challenge) >= rules.minor_contract_limit_net and challenge.route == Route.MINOR:
        missing_report = challenge.independent_objects_report_id is None
        found = [
            Check(
                STOP if missing_report else ADVICE,
                _("The Office must attach the legal report on why the awards are independent objects.")
                if missing_report
                else _("The awards are independent objects, by the legal report attached."),
                "terms",
            )
        ]
    return found


def _criteria(criteria: list[Criterion]) -> list[Check]:
    if not criteria:
        return [Check(STOP, _("The criteria are missing."), "criteria")]
    gap = missing([row.weight_percent for row in criteria])
    total = 100 - gap
    if gap:
        return [Check(STOP, weights_problem(total, gap), "criteria", "weights", total)]
    found = [Check(OK, _("The criteria add up to 100"), "criteria")]
    if not any(row.kind == CriterionKind.JUDGEMENT for row in criteria):
        found.append(Check(STOP, _("At least one criterion must be judged by people."), "criteria"))
    if not any(row.kind == CriterionKind.FORMULA for row in criteria):
        found.append(Check(ADVICE, _("No criterion looks at the price."), "criteria"))
    return found


def weights_problem(total: int, gap: int) -> str:
    """Return in words how far the weights are from 100."""
    if gap > 0:
        return ngettext(
            "The criteria add up to %(total)s: %(gap)s point is missing.",
            "The criteria add up to %(total)s: %(gap)s points are missing.",
            gap,
        ) % {"total": total, "gap": gap}
    return ngettext(
        "The criteria add up to %(total)s: take away %(gap)s point.",
        "The criteria add up to %(total)s: take away %(gap)s points.",
        -gap,
    ) % {"total": total, "gap": -gap}


def _calendar(challenge: Challenge, at: datetime) -> list[Check]:
    found = _needs(
        challenge,
        "calendar",
        ("opens_at", _("The opening date is missing."), ""),
        ("questions_close_at", _("The last day for questions is missing."), ""),
        ("answers_due_at", _("The last day for answers is missing."), ""),
        ("closes_at", _("The closing date is missing."), ""),
        ("evaluation_until", _("The end of the evaluation is missing."), ""),
        ("award_until", _("The day of the award is missing."), ""),
        ("pilot_starts_on", _("The start of the pilot is missing."), ""),
    )
    if len(found) > SOME:
        return [Check(STOP, _("The calendar is missing."), "calendar", "closes_at")]
    days = {name: getattr(challenge, name) for name in CALENDAR}
    rules, holidays = Rules.objects.in_force(local_date(at)), calendar.holiday_names()
    problems = calendar.problems(days, rules=rules, holidays=holidays, at=at)
    found += [Check(STOP, text, "calendar", field) for field, text in problems]
    if not found:
        found.append(Check(OK, _("The calendar respects terms and holidays"), "calendar"))
        assert challenge.answers_due_at is not None  # noqa: S101 - checked above
        assert challenge.closes_at is not None  # noqa: S101
        if (local_date(challenge.closes_at) - local_date(challenge.answers_due_at)).days < rules.answers_due_days:
            found.append(
                Check(
                    ADVICE,
                    _("Answers should end at least %(days)s days before the closing.")
                    % {"days": rules.answers_due_days},
                    "calendar",
                    "answers_due_at",
                )
            )
        if local_date(challenge.closes_at).month == AUGUST:
            found.append(Check(ADVICE, _("It closes in August: many companies won't see it."), "calendar", "closes_at"))
    return found


AUGUST = 8
SOME = 3  # missing days that are named one by one; more are said at once
CALENDAR = (
    "opens_at",
    "questions_close_at",
    "answers_due_at",
    "closes_at",
    "evaluation_until",
    "award_until",
    "pilot_starts_on",
)


def _terms(challenge: Challenge) -> list[Check]:
    if challenge.status not in (Status.SUBMITTED,):
        return []
    found = _needs(
        challenge,
        "terms",
        ("cpv_id", _("The CPV code is missing."), ""),
        ("ip_clause", _("The clause on intellectual property is missing."), ""),
    )
    if challenge.has_personal_data and not challenge.data_clause:
        found.append(
            Check(
                STOP, _("There are personal data: the clause on their processing is missing."), "terms", "data_clause"
            )
        )
    return found
