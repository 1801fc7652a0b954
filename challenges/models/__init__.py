"""Models of challenges."""

from challenges.models.challenge import Challenge, ChallengeStep, Phase, Route, Status
from challenges.models.counter import ReferenceCounter
from challenges.models.criterion import Criterion, CriterionKind
from challenges.models.document import ChallengeDocument
from challenges.models.follow import Follow
from challenges.models.notice import Correction, CorrectionKind
from challenges.models.question import Question
from challenges.models.review import ReviewComment

__all__ = [
    "Challenge",
    "ChallengeDocument",
    "ChallengeStep",
    "Correction",
    "CorrectionKind",
    "Criterion",
    "CriterionKind",
    "Follow",
    "Phase",
    "Question",
    "ReferenceCounter",
    "ReviewComment",
    "Route",
    "Status",
]
