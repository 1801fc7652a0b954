"""The check list before a challenge is sent: what stops it, what is advised, what is in order.

Apps above add checks of theirs with `register`: there is credit, for instance. Each line knows the rule that wrote it
and why the rule is there (`policies.reason`).
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.calculations.calendar import AUGUST, quiet_until
from challenges.calculations.criteria import missing
from challenges.models.challenge import Challenge, Route, Status
from challenges.models.criterion import Criterion, CriterionKind, criteria_of
from challenges.policies import calendar, wording
from challenges.policies.check import ADVICE, OK, STOP, Check
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell import words

_registered: list[Callable[..., Iterable[Check]]] = []


def register(function: Callable[..., Iterable[Check]]) -> None:
    """Add `function(challenge, *, at) -> list[Check]`."""
    if function not in _registered:
        _registered.append(function)


def has_letters(text: str) -> bool:
    """Say whether `text` has at least three letters: signs and pictures alone name nothing."""
    return sum(character.isalpha() for character in text) >= 3


def checks(challenge: Challenge, *, at: datetime, rules: Rules | None = None) -> list[Check]:
    """Return the whole list, in the order of the steps. A fixed number of queries; `rules` are those of the day."""
    found = [
        *_problem(challenge),
        *_outcome(challenge),
        *_setting(challenge),
        *_pilot(challenge),
        *_money(challenge, rules or Rules.objects.in_force(local_date(at))),
        *_criteria(criteria_of(challenge)),
        *_calendar(challenge, at),
        *_terms(challenge),
        *wording.checks(challenge),
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


# Keys of `policies.reason` for what is missing: by step, else by field.
_RULES = {
    "calendar": "calendar_missing",
    "terms": "terms_missing",
    "policy_area_id": "policy_area",
    "has_personal_data": "personal_data",
    "duration_months": "duration",
}


def _advice(text: str, step: str, field: str, rule: str) -> Check:
    return Check(ADVICE, text, step, field, rule=rule)


def _needs(challenge: Challenge, step: str, *fields: tuple[str, str, str]) -> list[Check]:
    """Check that texts are there: (field, words when it is missing, words when it is there or none)."""
    found = []
    for field, absent, present in fields:
        if getattr(challenge, field) in ("", None):
            found.append(
                Check(STOP, absent, step, field, rule=_RULES.get(step) or f"{_RULES.get(field, field)}_missing")
            )
        elif present:
            found.append(Check(OK, present, step, field))
    return found


def _problem(challenge: Challenge) -> list[Check]:
    found = []
    if not has_letters(challenge.title):
        text = _("The title has no words. Name the problem in a few.")
        found.append(Check(STOP, text, "problem", "title", rule="title_words"))
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
        text = _("Say what has been tried: it saves others from proposing it.")
        found.append(_advice(text, "problem", "tried", "tried_missing"))
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
        found.append(_advice(_("The target has no figure. Can it be measured?"), "outcome", "target", "target_figure"))
    if challenge.baseline and not re.search(r"\d", challenge.baseline):
        text = _("Where you stand today has no figure. A rough one is better than none.")
        found.append(_advice(text, "outcome", "baseline", "baseline_figure"))
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
        text = _("Say what data the service can give, or that there are none.")
        found.append(_advice(text, "setting", "data_available", "data_missing"))
    return found


def _pilot(challenge: Challenge) -> list[Check]:
    found = _needs(challenge, "pilot", ("duration_months", _("The length of the pilot is missing."), ""))
    if not challenge.contribution:
        text = _("Say what the city puts in: people, places, hours.")
        found.append(_advice(text, "pilot", "contribution", "contribution_missing"))
    if challenge.adoption:
        found.append(Check(OK, _("It says who would pay for it afterwards"), "pilot", "adoption"))
    else:
        text = _("Say who would pay for it if it works: a pilot without heir ends.")
        found.append(_advice(text, "pilot", "adoption", "adoption_missing"))
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
        return [Check(STOP, _("The maximum amount is missing."), "money", "max_amount_net", rule="amount_missing")]
    problems = amount_problems(challenge, rules)
    if problems:
        return [Check(STOP, text, "money", field, rule="amount_limit") for field, text in problems]
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
                rule="report_missing",
            )
        ]
    return found


def _criteria(criteria: list[Criterion]) -> list[Check]:
    if not criteria:
        return [Check(STOP, _("The criteria are missing."), "criteria", rule="criteria_missing")]
    gap = missing([row.weight_percent for row in criteria])
    total = 100 - gap
    if gap:
        return [Check(STOP, weights_problem(total, gap), "criteria", "weights", total, rule="weights")]
    found = [Check(OK, _("The criteria add up to 100"), "criteria")]
    if not any(row.kind == CriterionKind.JUDGEMENT for row in criteria):
        text = _("At least one criterion must be judged by people.")
        found.append(Check(STOP, text, "criteria", rule="judgement_missing"))
    if not any(row.kind == CriterionKind.FORMULA for row in criteria):
        found.append(_advice(_("No criterion looks at the price."), "criteria", "", "price_missing"))
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
        return [Check(STOP, _("The calendar is missing."), "calendar", "closes_at", rule="calendar_missing")]
    days = {name: getattr(challenge, name) for name in CALENDAR}
    rules, holidays = Rules.objects.in_force(local_date(at)), calendar.holiday_names()
    problems = calendar.problems(days, rules=rules, holidays=holidays, at=at)
    found += [Check(STOP, text, "calendar", field, rule="calendar_days") for field, text in problems]
    if not found:
        found.append(Check(OK, _("The calendar respects terms and holidays"), "calendar"))
    return [*found, *_calendar_advice(challenge, rules)]


def _calendar_advice(challenge: Challenge, rules: Rules) -> list[Check]:
    """Days that are allowed, and that cost proposals."""
    found: list[Check] = []
    if challenge.closes_at is None:
        return found
    closing = local_date(challenge.closes_at)
    if challenge.answers_due_at and 0 <= (closing - local_date(challenge.answers_due_at)).days < rules.answers_due_days:
        text = _("Answers should end at least %(days)s days before the closing.") % {"days": rules.answers_due_days}
        found.append(_advice(text, "calendar", "answers_due_at", "answers_late"))
    if quiet_until(closing) and closing.month == AUGUST:
        text = _("It closes in August: many companies won't see it.")
        found.append(_advice(text, "calendar", "closes_at", "august"))
    elif quiet_until(closing):
        text = _("It closes around Christmas: few people can finish a proposal then.")
        found.append(_advice(text, "calendar", "closes_at", "christmas"))
    days = (closing - local_date(challenge.opens_at)).days if challenge.opens_at else 0
    if rules.open_days_minimum <= days < FEW_DAYS:  # fewer than the minimum stop it
        text = _("It is open fewer than %(days)s days. A good proposal takes longer.") % {"days": FEW_DAYS}
        found.append(_advice(text, "calendar", "closes_at", "few_days"))
    return found


FEW_DAYS = 20
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
    presents = challenge.criteria.filter(kind=CriterionKind.PITCH).exists()
    if presents and challenge.shortlist_size is None:
        text = _("A criterion is a presentation: say how many proposals present.")
        found.append(Check(STOP, text, "terms", "shortlist_size", rule="terms_missing"))
    if challenge.shortlist_size is not None and not presents:
        text = _("No criterion is a presentation: leave empty how many present, or return it to add one.")
        found.append(Check(STOP, text, "terms", "shortlist_size", rule="terms_missing"))
    if challenge.is_anonymised and (presents or challenge.shortlist_size is not None):
        text = _("Who presents before the panel has a name: judge with names, or take the presentation away.")
        found.append(Check(STOP, text, "terms", "is_anonymised", rule="terms_missing"))
    if challenge.has_personal_data and not challenge.data_clause:
        found.append(
            Check(
                STOP, _("There are personal data: the clause on their processing is missing."), "terms", "data_clause"
            )
        )
    return found
