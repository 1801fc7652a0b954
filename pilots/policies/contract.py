"""What the law asks of a contract before it is awarded: limit, length, who signs, and what they have declared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from challenges.models import Challenge, Route
from govtech import clock
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell.words import euros, formatted
from pilots.calculations.plan import LONGEST_MONTHS
from pilots.models import Award, AwardPaper
from pilots.policies.supplier import warnings_of
from startups.models import DossierPaper, Organisation, PaperKind, Partner, Submission
from startups.models.consortium import PartnerStatus
from startups.policies.dossier import missing_for_award
from startups.policies.verification import is_verified


@dataclass(frozen=True)
class Finding:
    """One check of one award: `level` is "ok", "advice" or "stop"; `stop` keeps it from being approved."""

    level: str
    text: str

    @property
    def row(self) -> tuple[str, str]:
        """As the component of checks takes it."""
        return self.level, self.text


def findings(awards: Sequence[Award], *, at: datetime) -> list[Finding]:
    """Return every check of these awards, award by award."""
    warnings = warnings_of(awards, at=at)
    return [finding for award in awards for finding in [*_of(award, at=at), *_accumulated(warnings[award.pk])]]


def check(award: Award, *, at: datetime) -> None:
    """Raise `DomainError` with the first check that keeps the award from being approved."""
    for finding in _of(award, at=at):
        if finding.level == "stop":
            raise DomainError(finding.text)


def _accumulated(warning: str) -> list[Finding]:
    return [Finding("advice", warning)] if warning else []


def _of(award: Award, *, at: datetime) -> list[Finding]:
    challenge = award.resolution.challenge
    found = []
    for organisation in [award.proposal.organisation, *_partners(award)]:
        found += [_supplier(organisation, at=at), _declaration(organisation, at=at)]
    found += _papers(award, at=at)
    if challenge.route == Route.MINOR:
        found = [_limit(award, at=at), _length(challenge, award), *found]
    return found


def _limit(award: Award, *, at: datetime) -> Finding:
    limit = Rules.objects.in_force(clock.local_date(at)).minor_contract_limit_net
    values = {"limit": euros(limit), "amount": euros(award.amount_net)}
    if award.amount_net < limit:
        return Finding("ok", _("%(amount)s without VAT: under the %(limit)s of a minor contract") % values)
    return Finding("stop", _("A minor contract is under %(limit)s without VAT and this offer is %(amount)s.") % values)


def months_of(challenge: Challenge, proposal: Any) -> int:
    """Return how many months the pilot lasts: those of the call, or more where the offer's plan is longer."""
    economic = Submission.objects.filter(proposal=proposal, superseded_by__isnull=True).values_list("economic").first()
    plan = (economic[0] or {}).get("milestones", []) if economic else []
    return max([challenge.duration_months or 0, *(int(part["month"]) for part in plan)])


def _length(challenge: Challenge, award: Award) -> Finding:
    months = months_of(challenge, award.proposal)
    if months <= LONGEST_MONTHS:
        return Finding("ok", _("It lasts %(n)d months: no more than a year, and it can't be prolonged") % {"n": months})
    return Finding(
        "stop",
        _("A minor contract lasts a year at most (LCSP art. 29.8) and this plan is of %(n)d months.") % {"n": months},
    )


def _partners(award: Award) -> list[Organisation]:
    """Return who signs with the winner: the contract is theirs too (LCSP art. 69)."""
    rows = Partner.objects.filter(proposal=award.proposal, status=PartnerStatus.CONFIRMED).order_by("pk")
    return [partner.organisation for partner in rows.select_related("organisation")]


def _supplier(organisation: Organisation, *, at: datetime) -> Finding:
    name = {"name": organisation.name}
    if organisation.withdrawn_at:
        return Finding("stop", _("%(name)s has left the portal: no award can be made to it.") % name)
    if not is_verified(organisation, on=clock.local_date(at)):
        return Finding(
            "stop",
            _("The Office hasn't verified %(name)s. Check its papers and verify it, then prepare the award.") % name,
        )
    day = formatted(organisation.verified_at, "day")
    return Finding("ok", _("%(name)s verified by the Office on %(day)s") % {**name, "day": day})


def _declaration(organisation: Organisation, *, at: datetime) -> Finding:
    """Return whether its word that nothing bars it from contracts still holds (LCSP arts. 71, 140.4)."""
    held = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=organisation, kind=PaperKind.NOT_BARRED)
    paper = held.order_by("-added_at", "-pk").first()
    if paper is None:
        return Finding(
            "stop",
            _("%(name)s has no declaration in force of not being barred from contracts. Ask it to sign it again.")
            % {"name": organisation.name},
        )
    return Finding(
        "ok",
        _("Declaration of %(name)s of not being barred in force until %(day)s")
        % {"name": organisation.name, "day": formatted(paper.valid_until, "day")},
    )


def missing_papers(award: Award, *, on: date) -> list[PaperKind]:
    """Return the papers that an award takes and nobody has handed in, or that don't hold any more (LCSP art. 150.2).

    The declaration isn't one of them: who accepts signs it.
    """
    papers = AwardPaper.objects.filter(award=award).select_related("dossier_paper")
    handed_in = {paper.kind for paper in papers if not (paper.dossier_paper and paper.dossier_paper.is_over(on))}
    missing = missing_for_award(award.proposal.organisation, on=on)
    return [kind for kind in missing if kind not in handed_in and kind != PaperKind.NOT_BARRED]


def _papers(award: Award, *, at: datetime) -> list[Finding]:
    day = clock.local_date(at)
    papers = list(AwardPaper.objects.filter(award=award).select_related("dossier_paper").order_by("pk"))
    found = [Finding("ok" if papers else "advice", _("Papers handed in: %(n)d") % {"n": len(papers)})]
    found += [
        Finding("advice", _("A paper doesn't hold any more: %(paper)s") % {"paper": paper.title})
        for paper in papers
        if paper.dossier_paper and paper.dossier_paper.is_over(day)
    ]
    name = award.proposal.organisation.name
    return found + [
        Finding("stop", _("%(name)s hasn't handed in: %(paper)s") % {"name": name, "paper": kind.label})
        for kind in missing_papers(award, on=day)
    ]
