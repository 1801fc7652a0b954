"""The proposal: an organisation's working copy, encrypted until the opening."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.files.models import StoredFile
from govtech.ids import public_id
from startups.models.organisation import Membership, Organisation
from startups.models.standing import ON_PANEL, OPENED, TONES, TRANSITIONS, Envelope, ProposalStatus, VatRegime

__all__ = [
    "ON_PANEL",
    "OPENED",
    "TONES",
    "TRANSITIONS",
    "Attachment",
    "Envelope",
    "Proposal",
    "ProposalSection",
    "VatRegime",
]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Reads of proposals: the seal."""

    def of_member(self, user: Any) -> "ProposalQuerySet":
        """Those of the user's organisations, as lead or as a partner that has confirmed."""
        own = Membership.objects.filter(user=user, left_at__isnull=True).values("organisation")
        return self.filter(_of(own))

    def to_hand_in_again(self) -> "ProposalQuerySet":
        """Those handed in with a partner that has left since: one that was in when it was handed in, and ended after.

        Handing in takes the confirmation of every partner, so whoever was in was named.
        """
        gone = Q(partners__invited_at__lte=F("submitted_at"), partners__ended_at__gt=F("submitted_at"))
        return self.filter(gone, status=ProposalStatus.SUBMITTED).distinct()

    def on_panel(self) -> "ProposalQuerySet":
        """Those the panel judges or has judged."""
        return self.filter(status__in=ON_PANEL)

    def visible_to(self, user: Any) -> "ProposalQuerySet":
        """Every proposal `user` may know exists.

        Its own organisation and its confirmed partners always. Before the opening nobody else: no branch for staff.
        Drafts and withdrawn ones are never opened. After it: officers, directors, auditors; panel members those they
        declared no conflict on, once admitted, also when left out for the price once ranked; delegates of the
        department the awarded ones. Who declared a conflict, on the proposal or on the whole challenge, is recused also
        as officer or director; who belongs to an organisation that takes part sees none of its rivals'.
        """
        if not user.is_authenticated:
            return self.none()
        own = Membership.objects.filter(user=user, left_at__isnull=True).values("organisation")
        seen = _of(own)
        opened = Q(opened_at__isnull=False)
        declared = ConflictDeclarationRef().filter(member__user=user)
        recused = Q(pk__in=declared.filter(has_conflict=True).values("proposal")) | Q(
            challenge__in=PanelMemberRef().filter(user=user, has_conflict=True).values("challenge")
        )
        taking_part = Proposal.objects.filter(participations__organisation__in=own, opened_at__isnull=False)
        opened &= ~Q(challenge__in=taking_part.values("challenge"))
        opened &= ~Q(challenge__in=PanelMemberRef().without_names(user).values("challenge"))
        if roles.is_officer(user) or roles.is_director(user):
            seen |= opened & ~recused
        elif roles.is_auditor(user):
            seen |= opened
        ranked = Q(status__in=ON_PANEL) | Q(status=ProposalStatus.EXCLUDED, exclusion_rule="abnormal")
        seen |= opened & ranked & Q(pk__in=_cleared(user)) & ~recused
        departments = roles.departments_of(user)
        if departments:
            seen |= opened & Q(status=ProposalStatus.AWARDED, challenge__department__in=departments)
        return self.filter(seen)

    def judged_by(self, user: Any) -> "ProposalQuerySet":
        """Those before a panel that `user` may read: the visible ones, and where names are hidden the released copies.

        Rows of a copy carry `is_masked` and a stand-in for their organisation; `startups.actions.reading` gives their
        words. Nobody reads one that the secretary hasn't released, or before answering for every organisation.
        """
        if not user.is_authenticated:
            return self.none()
        without_names = PanelMemberRef().without_names(user)
        masked = models.Exists(without_names.filter(challenge=models.OuterRef("challenge")))
        recused = ConflictDeclarationRef().filter(member__user=user, has_conflict=True)
        copies = (
            Q(challenge__in=without_names.values("challenge"), opened_at__isnull=False)
            & Q(redaction__released_at__isnull=False, pk__in=_cleared(user))
            & ~Q(pk__in=recused.values("proposal"))
        )
        rows = self.on_panel().filter(Q(pk__in=Proposal.objects.visible_to(user).values("pk")) | copies)
        return rows.annotate(is_masked=masked)

    def _fetch_all(self) -> None:
        """Hide the organisations of rows that are read without names, whoever shows them and however."""
        super()._fetch_all()  # type: ignore[misc]
        for row in self._result_cache or ():
            if getattr(row, "is_masked", False):
                row.mask()


def _cleared(user: Any) -> Any:
    """Return the proposals on which a member who still sits has declared no conflict."""
    declared = ConflictDeclarationRef().filter(has_conflict=False, member__has_conflict=False)
    return declared.filter(member__in=PanelMemberRef().in_mandate().filter(user=user)).values("proposal")


def _of(organisations: Any) -> Q:
    """Return what holds of proposals that one of the organisations leads or is a confirmed partner in."""
    from startups.models.consortium import Partner  # noqa: PLC0415 - the two models refer to each other

    partners = Partner.objects.filter(status="confirmed", organisation__in=organisations)
    return Q(organisation__in=organisations) | Q(pk__in=partners.values("proposal"))


def ConflictDeclarationRef() -> Any:  # noqa: N802 - stands for the model, which is defined after this one
    """Return the queryset of conflict declarations."""
    from startups.models.panel import ConflictDeclaration  # noqa: PLC0415 - the two models refer to each other

    return ConflictDeclaration.objects


def PanelMemberRef() -> Any:  # noqa: N802 - stands for the model, which is defined after this one
    """Return the queryset of panel members."""
    from startups.models.panel import PanelMember  # noqa: PLC0415 - the two models refer to each other

    return PanelMember.objects


class Proposal(models.Model):
    """An organisation's answer to a challenge. Its words are in sections, encrypted until the opening.

    No title, text or file name stands in this row. `opened_at` is set by the opening and breaks the seal.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="proposals")
    status = models.CharField(max_length=20, choices=ProposalStatus, default=ProposalStatus.DRAFT, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    # who competed, for the figures: as it was at the opening, so that no later change tells who it was
    kind_opened = models.CharField(max_length=20, blank=True, editable=False)
    size_opened = models.CharField(max_length=6, blank=True, editable=False)
    # admissibility
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(blank=True)
    exclusion_rule = models.CharField(max_length=20, blank=True)
    correction_request = models.TextField(blank=True)
    correction_due_at = models.DateTimeField(null=True)
    correction_text = models.TextField(blank=True)
    corrected_at = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="proposal_status_known", condition=Q(status__in=ProposalStatus.values)),
            models.CheckConstraint(
                name="proposal_created_by_somebody", condition=Q(created_at__isnull=False, created_by__isnull=False)
            ),
            models.CheckConstraint(
                name="proposal_judged_only_when_opened",
                condition=~Q(status__in=sorted(OPENED)) | Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_draft_stays_sealed",
                condition=~Q(status__in=["draft", "withdrawn"]) | Q(opened_at__isnull=True),
            ),
            models.CheckConstraint(
                name="proposal_decided_pair",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_live_proposal",
                fields=["challenge", "organisation"],
                condition=~Q(status="withdrawn"),
            ),
        ]
        indexes = [
            models.Index(fields=["challenge", "status"], name="proposal_challenge_status"),
            models.Index("organisation", F("created_at").desc(), F("id").desc(), name="proposal_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.public_id}"

    def get_absolute_url(self) -> str:
        """Address of its page, for those who may see it; for who judges without names, that of its copy."""
        page = "score" if getattr(self, "is_masked", False) else "proposal"
        return reverse(f"startups:{page}", kwargs={"public_id": self.public_id})

    @property
    def alias(self) -> str:
        """What it is called where names are hidden: "Proposal K7QM", the same for everybody."""
        return gettext("Proposal %(code)s") % {"code": self.public_id[:4].upper()}

    def mask(self) -> None:
        """Put a stand-in for the organisation: nothing that shows this row can name it."""
        self.organisation = Organisation(pk=self.organisation_id, public_id="-", name=self.alias)

    @property
    def tone(self) -> str:
        """Colour of the chip of its state."""
        return ProposalStatus(self.status).tone


class ProposalSection(models.Model):
    """One section of the working copy. `body` is ciphertext; `version` guards against overwriting unseen.

    Keys: those of the call's form (`calculations.form`) in the technical envelope; `price` in the economic one, holding
    JSON with `amount_net` (text, euros), `vat_regime`, `breakdown` and `milestones`.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=20)
    envelope = models.CharField(max_length=9, choices=Envelope, default=Envelope.TECHNICAL)
    body = models.BinaryField()
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_from = models.CharField(max_length=36, blank=True)  # the open page that saved it, by the name its script made
    saved_turn = models.PositiveIntegerField(default=0)  # which of that page's saves it was

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_section_of_a_kind", fields=["proposal", "key"]),
            models.CheckConstraint(
                name="section_saved_by_somebody", condition=Q(saved_at__isnull=False, saved_by__isnull=False)
            ),
            models.CheckConstraint(name="section_envelope_known", condition=Q(envelope__in=Envelope.values)),
        ]

    def __str__(self) -> str:
        return f"{self.key} of #{self.proposal_id}"


class Attachment(models.Model):
    """A file of a proposal. File and name are ciphertext under the challenge's key until the opening.

    `confidential` is the sealed reason to keep it from other participants and the public; none where it isn't.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    envelope = models.CharField(max_length=9, choices=Envelope, default=Envelope.TECHNICAL)
    name = models.BinaryField()
    confidential = models.BinaryField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attachment_added_by_somebody", condition=Q(added_at__isnull=False, added_by__isnull=False)
            ),
            models.CheckConstraint(name="attachment_envelope_known", condition=Q(envelope__in=Envelope.values)),
        ]

    def __str__(self) -> str:
        return f"attachment {self.public_id}"
