"""Models of challenges."""

from challenges.models.alert import Alert, Frequency
from challenges.models.challenge import AbnormalRule, Challenge, ChallengeStep, Phase, Route, Status
from challenges.models.counter import ReferenceCounter
from challenges.models.criterion import Criterion, CriterionKind
from challenges.models.document import ChallengeDocument
from challenges.models.follow import Follow
from challenges.models.incident import Incident, IncidentEffect
from challenges.models.news import News, NewsEvent
from challenges.models.notice import Correction, CorrectionKind
from challenges.models.planned import PlannedChallenge, PlannedState
from challenges.models.preview import PreviewLink
from challenges.models.question import AnswerCorrection, Question
from challenges.models.review import CommentState, Review, ReviewComment
from challenges.models.saved_search import SavedSearch
from challenges.models.support import Support
from challenges.models.template import Template
from challenges.models.version import ChallengeVersion, VersionCause
from challenges.models.word import SearchWord

__all__ = [
    "AbnormalRule",
    "Alert",
    "AnswerCorrection",
    "Challenge",
    "ChallengeDocument",
    "ChallengeStep",
    "ChallengeVersion",
    "CommentState",
    "Correction",
    "CorrectionKind",
    "Criterion",
    "CriterionKind",
    "Follow",
    "Frequency",
    "Incident",
    "IncidentEffect",
    "News",
    "NewsEvent",
    "Phase",
    "PlannedChallenge",
    "PlannedState",
    "PreviewLink",
    "Question",
    "ReferenceCounter",
    "Review",
    "ReviewComment",
    "Route",
    "SavedSearch",
    "SearchWord",
    "Status",
    "Support",
    "Template",
    "VersionCause",
]
