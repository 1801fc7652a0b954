"""Models of organisations, proposals and evaluation."""

from startups.models.abnormal import AbnormalOffer
from startups.models.acting import ActingChoice, QuestionAsker
from startups.models.admission import Clarification, ClarificationAnswer, CorrectionFile, ExclusionRule
from startups.models.assignment import PanelQuestion, QuestionState, Reassignment, Replacement
from startups.models.consensus import AgreedScore, Attendance, PanelSession, SessionMode
from startups.models.consortium import Partner, PartnerStatus
from startups.models.dossier import DossierPaper, PaperKind
from startups.models.evaluation import (
    CriterionReason,
    Evaluation,
    ProposalResult,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.models.expert import ExpertInvitation
from startups.models.interest import Interest, InterestKind
from startups.models.invitation import Invitation, JoinRequest
from startups.models.opening import EnvelopeKey, LateOpening, Opening
from startups.models.organisation import (
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationRole,
)
from startups.models.panel import ConflictDeclaration, Leaving, NamedDeclaration, PanelMember, PanelRole
from startups.models.participation import Participation, ParticipationRole
from startups.models.pitch import PitchScore, Shortlist
from startups.models.profile import EmergingCompany, Holder, PastWork, RelatedCompany, Relation
from startups.models.proposal import (
    Attachment,
    Envelope,
    Proposal,
    ProposalSection,
    ProposalStatus,
    VatRegime,
)
from startups.models.recusation import Ground, Recusation
from startups.models.redaction import Redaction
from startups.models.register import ExternalEntry, PublishedHead
from startups.models.submission import Receipt, Submission, SubmissionFile, Withdrawal
from startups.models.upload import Upload, UploadPart
from startups.models.verification import (
    CheckKind,
    CheckOutcome,
    Verification,
    VerificationCheck,
    VerificationRequest,
)
from startups.models.writing import DraftReminder, ProposalComment

__all__ = [
    "AbnormalOffer",
    "ActingChoice",
    "AgreedScore",
    "Attachment",
    "Attendance",
    "CheckKind",
    "CheckOutcome",
    "Clarification",
    "ClarificationAnswer",
    "ConflictDeclaration",
    "CorrectionFile",
    "CriterionReason",
    "DossierPaper",
    "DraftReminder",
    "EmergingCompany",
    "Envelope",
    "EnvelopeKey",
    "Evaluation",
    "ExclusionRule",
    "ExpertInvitation",
    "ExternalEntry",
    "Ground",
    "Holder",
    "Interest",
    "InterestKind",
    "Invitation",
    "JoinRequest",
    "LateOpening",
    "Leaving",
    "Membership",
    "NamedDeclaration",
    "Opening",
    "Organisation",
    "OrganisationKind",
    "OrganisationRole",
    "PanelMember",
    "PanelQuestion",
    "PanelRole",
    "PanelSession",
    "PaperKind",
    "Participation",
    "ParticipationRole",
    "Partner",
    "PartnerStatus",
    "PastWork",
    "PitchScore",
    "Proposal",
    "ProposalComment",
    "ProposalResult",
    "ProposalSection",
    "ProposalStatus",
    "PublishedHead",
    "QuestionAsker",
    "QuestionState",
    "Reassignment",
    "Receipt",
    "Recusation",
    "Redaction",
    "RelatedCompany",
    "Relation",
    "Replacement",
    "Score",
    "ScoreSheet",
    "SessionMode",
    "SheetStatus",
    "Shortlist",
    "Submission",
    "SubmissionFile",
    "Upload",
    "UploadPart",
    "VatRegime",
    "Verification",
    "VerificationCheck",
    "VerificationRequest",
    "Withdrawal",
]
