"""Models of challenges."""

from challenges.models.challenge import Challenge, ChallengeStep, Phase, Route, Status
from challenges.models.counter import ReferenceCounter
from challenges.models.criterion import Criterion, CriterionKind
from challenges.models.document import ChallengeDocument
from challenges.models.follow import Follow
from challenges.models.notice import Correction, CorrectionKind
from challenges.models.preview import PreviewLink
from challenges.models.question import Question
from challenges.models.review import ReviewComment
from challenges.models.support import Support
from challenges.models.template import Template
from challenges.models.version import ChallengeVersion, VersionCause

__all__ = [
    "Challenge",
    "ChallengeDocument",
    "ChallengeStep",
    "ChallengeVersion",
    "Correction",
    "CorrectionKind",
    "Criterion",
    "CriterionKind",
    "Follow",
    "Phase",
    "PreviewLink",
    "Question",
    "ReferenceCounter",
    "ReviewComment",
    "Route",
    "Status",
    "Support",
    "Template",
    "VersionCause",
]
