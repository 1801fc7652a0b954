"""Models of awards, pilots and money."""

from pilots.models.award import Award, AwardPaper, AwardStatus, Resolution, ResolutionKind
from pilots.models.budget import BudgetLine, BudgetYear, CreditKind, CreditMovement, LineKind, YearStatus
from pilots.models.charter import Charter, ContractRecord
from pilots.models.direct import ContractPart, DirectContract, DirectStatus
from pilots.models.indicator import Direction, Indicator, IndicatorValue
from pilots.models.initiative import Initiative, InitiativeDeliverable, InitiativePartner, InitiativeStage
from pilots.models.invoice import Invoice, RejectedInvoice
from pilots.models.ledger import (
    Commitment,
    CommitmentLine,
    Expenditure,
    ExpenditureKind,
    ExpenditureLine,
    LedgerEntry,
    LedgerPhase,
)
from pilots.models.letter import FormalPublication, Letter, LetterOutcome
from pilots.models.milestone import Deliverable, Milestone, MilestoneStatus
from pilots.models.pilot import FinalDecision, Pilot, PilotStatus
from pilots.models.reconciliation import CorporateMovement, DifferenceNote
from pilots.models.review import ReviewOutcome, ReviewRequest

__all__ = [
    "Award",
    "AwardPaper",
    "AwardStatus",
    "BudgetLine",
    "BudgetYear",
    "Charter",
    "Commitment",
    "CommitmentLine",
    "ContractPart",
    "ContractRecord",
    "CorporateMovement",
    "CreditKind",
    "CreditMovement",
    "Deliverable",
    "DifferenceNote",
    "DirectContract",
    "DirectStatus",
    "Direction",
    "Expenditure",
    "ExpenditureKind",
    "ExpenditureLine",
    "FinalDecision",
    "FormalPublication",
    "Indicator",
    "IndicatorValue",
    "Initiative",
    "InitiativeDeliverable",
    "InitiativePartner",
    "InitiativeStage",
    "Invoice",
    "LedgerEntry",
    "LedgerPhase",
    "Letter",
    "LetterOutcome",
    "LineKind",
    "Milestone",
    "MilestoneStatus",
    "Pilot",
    "PilotStatus",
    "RejectedInvoice",
    "Resolution",
    "ResolutionKind",
    "ReviewOutcome",
    "ReviewRequest",
    "YearStatus",
]
