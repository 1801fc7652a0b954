"""The programme around the challenges: its own pages, and training."""

from govtech.programme.models.article import Article, ArticleImage, ArticleKind, ArticleStatus
from govtech.programme.models.attendance import Certificate, Feedback
from govtech.programme.models.page import Page, PageVersion
from govtech.programme.models.registration import Attendance, Invitation, Registration, RegistrationStatus
from govtech.programme.models.training import (
    Audience,
    Course,
    Material,
    Requirement,
    SessionQuestion,
    SessionStatus,
    Topic,
    TrainingSession,
)
from govtech.programme.models.video import Video, VideoStatus

__all__ = [
    "Article",
    "ArticleImage",
    "ArticleKind",
    "ArticleStatus",
    "Attendance",
    "Audience",
    "Certificate",
    "Course",
    "Feedback",
    "Invitation",
    "Material",
    "Page",
    "PageVersion",
    "Registration",
    "RegistrationStatus",
    "Requirement",
    "SessionQuestion",
    "SessionStatus",
    "Topic",
    "TrainingSession",
    "Video",
    "VideoStatus",
]
