"""Draw the tables of states into docs/states.md, as Mermaid diagrams."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from challenges.models import challenge, review
from govtech.programme.models import article, registration, training, video
from pilots.models import award, direct, milestone, pilot
from startups.models import proposal

# Title, table, first state.
TABLES: list[tuple[str, Any, Any]] = [
    ("Challenge", challenge.TRANSITIONS, challenge.Status.DRAFT),
    ("Comment of a review", review.COMMENT_TRANSITIONS, review.CommentState.OPEN),
    ("Proposal", proposal.TRANSITIONS, proposal.ProposalStatus.DRAFT),
    ("Award", award.TRANSITIONS, award.AwardStatus.PROPOSED),
    ("Pilot", pilot.TRANSITIONS, pilot.PilotStatus.PREPARING),
    ("Training session", training.SESSION_TRANSITIONS, training.SessionStatus.DRAFT),
    ("Registration in a session", registration.REGISTRATION_TRANSITIONS, registration.RegistrationStatus.REGISTERED),
    ("Guide or piece of news", article.ARTICLE_TRANSITIONS, article.ArticleStatus.DRAFT),
    ("Video", video.VIDEO_TRANSITIONS, video.VideoStatus.DRAFT),
    ("Milestone", milestone.TRANSITIONS, milestone.MilestoneStatus.PENDING),
    ("Contract of the Office", direct.TRANSITIONS, direct.DirectStatus.WAITING),
]
PATH = Path("docs") / "states.md"
HEAD = """# States

Drawn by `manage.py draw_states` from the tables beside the enums; `manage.py draw_states --check` says whether it is up
to date. A move that isn't drawn is refused by the action.
"""


class Command(BaseCommand):
    """`manage.py draw_states [--check]`."""

    help = "Draw the tables of states into docs/states.md."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's way

    def add_arguments(self, parser: Any) -> None:
        """Add `--check`."""
        parser.add_argument("--check", action="store_true", help="Only say whether the file is up to date.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or compare it."""
        with translation.override("en"):
            text = HEAD + "".join(drawn(*row) for row in TABLES)
        path = settings.BASE_DIR / PATH
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"{PATH} is out of date: run manage.py draw_states.")


def drawn(title: str, table: dict[Any, set[Any]], first: Any) -> str:
    """Return one table as a section with a Mermaid diagram."""
    lines = [f"    [*] --> {first}"]
    for state, following in table.items():
        lines += [f"    {state} --> {one}" for one in sorted(following)] or [f"    {state} --> [*]"]
    return f"\n## {title}\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"
