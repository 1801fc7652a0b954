"""What startups hold of people: said where it is asked, downloaded, erased with what law keeps."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models import Status
from govtech.accounts import rights
from govtech.accounts.models import User
from govtech.files import actions as files
from govtech.files.models import StoredFile
from startups.actions import own_records, retention
from startups.actions.comment import name_of as comment_part
from startups.actions.keys import Codec, readable_codecs_of
from startups.calculations.sealing import BrokenSealError
from startups.models import (
    ActingChoice,
    Attachment,
    ConflictDeclaration,
    DossierPaper,
    Envelope,
    Evaluation,
    Interest,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationRole,
    PanelMember,
    Proposal,
    ProposalComment,
    ProposalSection,
    Submission,
)

PIECE = 64 * 1024


def register() -> None:
    """Fill the registries."""
    public_task = _("A task in the public interest and duties of public contracts (GDPR art. 6.1.e and 6.1.c).")
    rights.notices.register(
        rights.PrivacyNotice(
            "organisation",
            _("Your organisation"),
            purpose=_("To know who takes part and who acts for it, and to verify it before an award."),
            basis=public_task,
            kept=_("While it takes part. If it leaves and handed nothing in, a year more; else with its files."),
            seen_by=_("The Office; of what you choose for the public directory, everybody."),
        )
    )
    rights.notices.register(
        rights.PrivacyNotice(
            "dossier",
            _("Papers and declarations"),
            purpose=_("To verify the organisation, and not to ask you for the same paper twice."),
            basis=_("Duties of public contracts (GDPR art. 6.1.c; LCSP arts. 140 and 150; Law 39/2015 art. 28)."),
            kept=_("While they hold and a year more; those sent with a proposal, as long as its file."),
            seen_by=_("The organisation's owners and the Office; those sent with a proposal, whoever judges it."),
        )
    )
    rights.notices.register(
        rights.PrivacyNotice(
            "proposal",
            _("A proposal"),
            purpose=_("To judge it, tell you the result, and award."),
            basis=_("Duties of public contracts (GDPR art. 6.1.c; Law 9/2017)."),
            kept=_(
                "A draft never handed in, a year after the deadline. What is handed in, six years after the file ends "
                "at least, by the city's archive policy."
            ),
            seen_by=_(
                "Your organisation only, until the opening; after it the Office, the panel and internal control."
            ),
        )
    )
    rights.export.register(rights.Part("organisations", _("Your organisations and what you did in them"), rows))
    rights.export.register(
        rights.Part("proposals", _("What you wrote and uploaded in proposals that you may still read"), texts, uploads)
    )
    rights.export.register(
        rights.Part(
            "handed_in",
            _("Receipts of what you handed in, and your written answers"),
            own_records.handed_in,
            own_records.handed_in_files,
        )
    )
    rights.export.register(rights.Part("judged", _("Your scores, and what you verified"), own_records.judged))
    rights.export.register(rights.Part("papers", _("Papers you handed in"), papers, paper_files))
    rights.erasure.register(rights.Erasing("startups", 10, plan, erase, obstacles))
    retention.register()


# Download ------------------------------------------------------------------------------------------


def rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield memberships, invitations, requests, panels and declarations of conflict."""
    memberships = Membership.objects.filter(user=user).select_related("organisation")
    for row in memberships.order_by("pk").iterator():
        yield {
            "what": "membership",
            "organisation": row.organisation.name,
            "role": row.role,
            "from": row.joined_at,
            "until": row.left_at,
        }
    for sent in Invitation.objects.filter(invited_by=user).select_related("organisation").order_by("pk").iterator():
        yield {"what": "invitation", "organisation": sent.organisation.name, "to": sent.email, "at": sent.invited_at}
    for asked in JoinRequest.objects.filter(asked_by=user).order_by("pk").iterator():
        yield {  # its name isn't theirs to know
            "what": "request to join",
            "tax_id": asked.tax_id,
            "at": asked.asked_at,
            "message": asked.message,
        }
    for seat in PanelMember.objects.filter(user=user).select_related("challenge").order_by("pk").iterator():
        yield {
            "what": "panel",
            "call": seat.challenge.reference,
            "role": seat.role,
            "from": seat.named_at,
            "until": seat.left_at,
            "conflict": seat.has_conflict,
            "why": seat.conflict_text,
        }
    declared = ConflictDeclaration.objects.filter(member__user=user)
    for said in declared.order_by("pk").iterator():
        yield {"what": "declaration", "at": said.declared_at, "conflict": said.has_conflict, "why": said.reason}
    for tie in Interest.objects.filter(user=user).order_by("pk").iterator():
        yield {
            "what": "declared interest",
            "kind": tie.kind,
            "organisation": tie.organisation_name,
            "tax_id": tie.tax_id,
            "until": tie.until_on,
            "removed": tie.removed_at,
        }


def texts(user: User) -> Iterator[dict[str, Any]]:
    """Yield the sections that the person saved last, of organisations they belong to today. One proposal at a time."""
    own = Proposal.objects.of_member(user).select_related("challenge", "organisation")
    for proposal in own.filter(sections__saved_by=user).distinct().order_by("pk").iterator():
        codec = readable_codecs_of([proposal]).get(proposal.pk)
        saved = ProposalSection.objects.filter(proposal=proposal, saved_by=user).order_by("pk")
        yield {
            "what": "proposal",
            "call": proposal.challenge.reference,
            "organisation": proposal.organisation.name,
            "status": proposal.status,
            "sections": {
                row.key: {"text": _plain(codec, row.envelope, row.key, row.body), "saved": row.saved_at}
                for row in saved
            },
        }

    commented = Proposal.objects.of_member(user).filter(comments__made_by=user).select_related("challenge").distinct()
    for proposal in commented.order_by("pk").iterator():
        made = list(ProposalComment.objects.filter(proposal=proposal, made_by=user).order_by("pk"))
        codec = readable_codecs_of([proposal]).get(proposal.pk)
        for comment in made:
            yield {
                "what": "comment",
                "call": proposal.challenge.reference,
                "part": comment.part,
                "at": comment.made_at,
                "text": _plain(codec, Envelope.TECHNICAL, comment_part(comment.public_id), comment.body),
            }


def _plain(codec: Codec | None, envelope: str, part: str, blob: bytes | memoryview) -> str:
    """Return a text, or why it isn't there: one that can't be read doesn't take the whole download with it."""
    try:
        return codec.unseal(envelope, part, blob).decode() if codec else gettext("It can't be read now.")
    except BrokenSealError:
        return gettext("It can't be read now.")


def uploads(user: User) -> Iterator[rights.ExportFile]:
    """Yield the files that the person uploaded in them, and can be read now."""
    own = Attachment.objects.filter(added_by=user, proposal__in=Proposal.objects.of_member(user), removed_at=None)
    for row in own.select_related("file", "proposal__challenge").order_by("pk").iterator():
        codec = readable_codecs_of([row.proposal]).get(row.proposal_id)
        if codec is None:
            continue
        name = _plain(codec, row.envelope, f"name/{row.public_id}", row.name)
        yield rights.ExportFile(
            f"{row.proposal.challenge.reference}/{row.public_id}-{name}",
            lambda row=row, codec=codec: _pieces(row.file, codec.for_file(row.envelope, row.public_id)),  # type: ignore[misc]
        )


def papers(user: User) -> Iterator[dict[str, Any]]:
    """Yield the papers that the person handed in or signed."""
    own = DossierPaper.objects.filter(added_by=user).select_related("organisation")
    for row in own.order_by("pk").iterator():
        yield {
            "what": row.kind,
            "organisation": row.organisation.name,
            "title": row.title,
            "at": row.added_at,
            "until": row.valid_until,
            "statement": row.statement,
            "signed_by": row.signatory_name,
        }


def paper_files(user: User) -> Iterator[rights.ExportFile]:
    """Yield their files, of organisations they own today."""
    own = DossierPaper.objects.visible_to(user).filter(added_by=user, file__isnull=False)
    for row in own.select_related("file").order_by("pk").iterator():
        if row.file is not None:
            name = f"{row.public_id}-{row.file.name}"
            yield rights.ExportFile(name, lambda row=row: _pieces(row.file))  # type: ignore[misc]


def _pieces(stored: StoredFile, codec: Any = None) -> Iterable[bytes]:
    with files.open_stored(stored, codec) as source:
        while piece := source.read(PIECE):
            yield piece


# Erasure -------------------------------------------------------------------------------------------


def obstacles(user: User, at: datetime) -> list[str]:  # noqa: ARG001 - the shape of the registry
    """Somebody must answer for an organisation that takes part; a panel keeps its members until it has locked."""
    owned = Membership.objects.current().filter(user=user, role=OrganisationRole.OWNER)
    alive = Organisation.objects.filter(pk__in=owned.values("organisation"), withdrawn_at=None)
    others = Membership.objects.current().filter(role=OrganisationRole.OWNER).exclude(user=user)
    alone = alive.exclude(pk__in=others.values("organisation")).order_by("name", "pk")
    found = [
        gettext("You are the only owner of %(name)s: make somebody else one, or leave the programme with it.")
        % {"name": organisation.name}
        for organisation in alone
    ]
    locked = Evaluation.objects.filter(locked_at__isnull=False).values("challenge")
    seats = PanelMember.objects.filter(user=user, left_at=None).exclude(challenge__in=locked)
    if seats.filter(challenge__status__in=[Status.PUBLISHED, Status.EVALUATING]).exists():
        found.append(gettext("You are on a panel that hasn't finished: ask the Office to name somebody else."))
    return found


def plan(user: User, at: datetime) -> list[rights.Said]:  # noqa: ARG001 - the shape of the registry
    """Say what goes and what stays."""
    signed = DossierPaper.objects.filter(added_by=user).exclude(statement="").count()
    return [
        rights.Said(gettext("Your place in organisations"), Membership.objects.current().filter(user=user).count()),
        rights.Said(gettext("Invitations to your address"), _invited(user).count()),
        rights.Said(
            gettext("Your requests to join organisations, with their words"),
            JoinRequest.objects.filter(asked_by=user).count(),
        ),
        rights.Said(gettext("Comments you made to other members"), _comments(user).count()),
        rights.Said(gettext("Interests you declared"), Interest.objects.filter(user=user).count()),
        rights.Said(
            gettext("When you belonged to which organisation, without your name"),
            Membership.objects.filter(user=user).count(),
            gettext("It shows who could hand in for it on which day, if that is ever disputed."),
        ),
        rights.Said(
            gettext("Texts and files of your organisations' proposals"),
            Proposal.objects.filter(Q(sections__saved_by=user) | Q(attachments__added_by=user)).distinct().count(),
            gettext("They are the organisation's, not yours alone. Drafts go a year after the deadline."),
        ),
        rights.Said(
            gettext("Proposals you handed in, with the names of who signed and who handed in, and their receipts"),
            Submission.objects.filter(submitted_by=user).count(),
            gettext("They are part of a contract file: the city keeps it as its archive says (Law 39/2015 art. 17)."),
        ),
        rights.Said(
            gettext("Declarations you signed for an organisation, with your name"),
            signed,
            gettext("A declaration without its signatory proves nothing; it goes with the organisation's dossier."),
        ),
        rights.Said(
            gettext("Your part in panels, your scores, and declarations of conflict, without your name in the account"),
            PanelMember.objects.filter(user=user).count(),
            gettext("Who judged is part of the contract file (Law 40/2015 arts. 17 and 23)."),
        ),
    ]


def _invited(user: User) -> Any:
    return Invitation.objects.filter(email__iexact=user.email)


def _comments(user: User) -> Any:
    return ProposalComment.objects.filter(made_by=user)


def erase(user: User, at: datetime) -> None:
    """End memberships, and delete invitations to the person's address."""
    Membership.objects.current().filter(user=user).update(left_at=at, left_by=user)
    Invitation.objects.filter(invited_by=user, accepted_at=None, revoked_at=None).update(revoked_at=at)
    JoinRequest.objects.filter(asked_by=user).delete()
    _invited(user).delete()
    _comments(user).delete()
    Interest.objects.filter(user=user).delete()
    ActingChoice.objects.filter(user=user).delete()
