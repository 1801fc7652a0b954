"""The needs report of a challenge with the statement against splitting: what the law asks of a minor contract."""

from datetime import datetime
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.models.challenge import Route
from govtech.accounts.models import User
from govtech.audit.models import PreparedDecision
from govtech.clock import local_date
from govtech.files import pdf
from govtech.files.actions import store_bytes
from govtech.files.models import StoredFile
from govtech.reference.models import Rules
from govtech.shell import words
from pilots.calculations import money
from pilots.models import BudgetLine

LANGUAGE = "es"  # what the city signs


def needs_report(
    challenge: Challenge, decision: PreparedDecision, *, total: Decimal, by: User, at: datetime
) -> StoredFile:
    """Make and keep the report (LCSP arts. 28 and 118.2). `total` is the gross that was authorised, in euros."""
    with translation.override(LANGUAGE):
        data = pdf.render(
            "document",
            {
                "title": _("Needs report and approval of spending"),
                "eyebrow": str(challenge.department),
                "reference": challenge.reference,
                "blocks": _blocks(challenge, decision, total=total, by=by, at=at),
            },
            at=at,
        )
        name = f"{challenge.reference}-{_('needs-report')}.pdf"
    return store_bytes(data, name=name, content_type=pdf.CONTENT_TYPE, by=by, at=at)


def _blocks(challenge: Challenge, decision: PreparedDecision, *, total: Decimal, by: User, at: datetime) -> list[dict]:
    rules = Rules.objects.in_force(local_date(at))
    net: Decimal = challenge.max_amount_net  # type: ignore[assignment] # a launched challenge has it
    value = money.estimated_value(net, challenge.awards_planned, challenge.options_net)
    lines = BudgetLine.objects.select_related("budget_year").in_bulk([row["line"] for row in decision.payload["lines"]])
    spending = [
        [
            str(lines[row["line"]].budget_year.year),
            f"{lines[row['line']].code} {lines[row['line']].name}",
            lines[row["line"]].application,
            words.euros(Decimal(row["amount"])),
        ]
        for row in decision.payload["lines"]
    ]
    return [
        pdf.facts(
            [
                (_("Challenge"), f"{challenge.reference} {challenge.title}"),
                (_("Department"), challenge.department),
                (_("Case file"), challenge.case_file),
                (_("Procurement route"), challenge.get_route_display()),
                (_("CPV"), challenge.cpv or ""),
            ]
        ),
        pdf.heading(_("The need")),
        pdf.paragraph(challenge.problem),
        pdf.paragraph(challenge.affected),
        pdf.heading(_("What has been tried"), level=2),
        pdf.paragraph(challenge.tried),
        pdf.heading(_("What must be achieved"), level=2),
        pdf.paragraph(challenge.outcome),
        pdf.facts([(_("Today's figure"), challenge.baseline), (_("Target"), challenge.target)]),
        pdf.heading(_("Object and value of the contract")),
        pdf.facts(
            [
                (_("Length of the pilot"), _("%(months)s months") % {"months": challenge.duration_months}),
                (_("Awards planned"), challenge.awards_planned),
                (_("Most for each award, without VAT"), words.euros(net)),
                (_("Options, without VAT"), words.euros(challenge.options_net) if challenge.options_net else ""),
                (_("Estimated value, without VAT"), words.euros(value)),
                (_("VAT rate"), words.percent(rules.vat_rate.normalize())),
                (_("Spending authorised, VAT included"), words.euros(total)),
            ]
        ),
        *_statement(challenge, rules),
        pdf.heading(_("Spending")),
        pdf.table([_("Year"), _("Line"), _("Budget application"), _("Amount")], spending, numeric=[3]),
        pdf.paragraph(
            _("Amounts of years that are not open are subject to adequate and sufficient credit in their budget.")
        ),
        pdf.facts([(_("RC certificate"), decision.payload["rc_certificate"])]),
        pdf.heading(_("Signatures")),
        pdf.facts(
            [
                (
                    _("Prepared by"),
                    f"{decision.prepared_by.full_name}, {words.formatted(decision.prepared_at, 'when')}",
                ),
                (_("Approved by"), f"{by.full_name}, {words.formatted(at, 'when')}"),
            ]
        ),
    ]


def _statement(challenge: Challenge, rules: Rules) -> list[dict]:
    """Return the statement that the object isn't split to dodge the threshold; for minor contracts."""
    if challenge.route != Route.MINOR:
        return []
    found = [
        pdf.heading(_("Statement on the object of the contract")),
        pdf.note(
            _(
                "The object of this contract has not been altered to avoid the general rules of procurement, and its "
                "estimated value is under the limit of a minor contract, %(limit)s without VAT (article 118 of Law "
                "9/2017). It lasts at most a year and is not prolonged."
            )
            % {"limit": words.euros(rules.minor_contract_limit_net)}
        ),
    ]
    net: Decimal = challenge.max_amount_net  # type: ignore[assignment] # a launched challenge has it
    value = money.estimated_value(net, challenge.awards_planned, challenge.options_net)
    if value >= rules.minor_contract_limit_net:  # a reason may be left of a larger draft, without report
        found = [
            pdf.heading(_("Statement on the object of the contract")),
            pdf.note(
                _(
                    "Each award is an independent object, by the legal report attached to the file, and each stays "
                    "under the limit of a minor contract, %(limit)s without VAT (article 118 of Law 9/2017). The "
                    "object has not been altered to avoid the general rules of procurement."
                )
                % {"limit": words.euros(rules.minor_contract_limit_net)}
            ),
            pdf.paragraph(challenge.independent_objects_reason),
        ]
    return found
