"""Audit events, the links that chain them, and decisions that need two people."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads of the audit. Rows can't be changed or deleted, here or in the database."""

    def visible_to(self, user: Any) -> "AuditEventQuerySet":
        """Auditors and directors read the audit; nobody else does."""
        from govtech.accounts import roles  # noqa: PLC0415 - accounts' roles need the models

        return self if roles.is_auditor(user) or roles.is_director(user) else self.none()

    def update(self, **kwargs: Any) -> int:
        """Refuse: an event is never changed."""
        raise TypeError("Audit events are append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: an event is never deleted."""
        raise TypeError("Audit events are append-only.")


class AuditEvent(models.Model):
    """One thing that happened. Holds ids, never names of people, so that erasing a person leaves it whole.

    `amount` is in euros, gross. `fields` names what changed, never the contents.
    """

    kind = models.CharField(max_length=60)
    target_label = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    actor_id = models.BigIntegerField(null=True)
    old = models.CharField(max_length=40, blank=True)
    new = models.CharField(max_length=40, blank=True)
    fields = models.JSONField(default=list)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["target_label", "target_id"], name="audit_event_target"),
            models.Index(fields=["occurred_at", "id"], name="audit_event_when"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_label}:{self.target_id} (#{self.pk})"


class ChainLink(models.Model):
    """A link of a hash chain: `hash` = SHA-256 of the previous hash and the row's named columns.

    Written by the database at commit; the application's role can't write here. Chains: audit, ledger, receipts.
    """

    chain = models.CharField(max_length=20)
    seq = models.BigIntegerField()
    row_id = models.BigIntegerField()
    fields = models.TextField()
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="chain_link_in_order"),
            models.UniqueConstraint(fields=["chain", "row_id"], name="chain_link_once_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"


class DecisionKind(models.TextChoices):
    """What needs two people."""

    PUBLICATION = "publication", _("authorise spending and publication")
    OPENING = "opening", _("open the proposals")
    AWARD = "award", _("award")
    VOID = "void", _("declare void")
    CANCELLATION = "cancellation", _("cancel")
    CREDIT = "credit", _("change credit")
    BUDGET_YEAR = "budget_year", _("open a budget year")
    AMOUNT = "amount", _("change the amount of a call")
    TERMINATION = "termination", _("end the pilot early")
    ANNULMENT = "annulment", _("annul an award")
    CONTRACT = "contract", _("sign a contract of the Office")
    CONTRACT_END = "contract_end", _("end a contract of the Office early")


class PreparedDecisionQuerySet(models.QuerySet["PreparedDecision"]):
    """Reads of decisions."""

    def waiting(self) -> "PreparedDecisionQuerySet":
        """Prepared, not yet approved nor sent back."""
        return self.filter(approved_at__isnull=True, returned_at__isnull=True)

    def of(self, target: models.Model) -> "PreparedDecisionQuerySet":
        """Decisions about one thing."""
        return self.filter(target_label=target._meta.label_lower, target_id=target.pk)


class PreparedDecision(models.Model):
    """What binds the city: one person prepares it, another approves it or sends it back.

    Never the same person, by person and not by group: the database refuses it.
    `payload` holds what was prepared, in plain values; the action that carries it out checks it again.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=20, choices=DecisionKind)
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PreparedDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_kind_known", condition=Q(kind__in=DecisionKind.values)),
            models.CheckConstraint(
                name="decision_prepared_by_somebody", condition=Q(prepared_at__isnull=False, prepared_by__isnull=False)
            ),
            models.CheckConstraint(
                name="decision_approved_by_another_person",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("prepared_by"))),
            ),
            models.CheckConstraint(
                name="decision_returned_pair",
                condition=Q(returned_at__isnull=True, returned_by__isnull=True)
                | Q(returned_at__isnull=False, returned_by__isnull=False, approved_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_decision_waiting",
                fields=["kind", "target_label", "target_id"],
                condition=Q(approved_at__isnull=True, returned_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_label}:{self.target_id} (#{self.pk})"
