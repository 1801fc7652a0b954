"""Texts of an earlier proposal of the same organisation, brought into the one being written."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.errors import DomainError
from startups.actions.draft import MAX_CHARACTERS, save_sections
from startups.actions.envelope import working_copy
from startups.actions.keys import KeyServiceError, SealingKeyMissingError
from startups.calculations.form import LEVEL, sections_of
from startups.calculations.sealing import BrokenSealError
from startups.models import Proposal
from startups.policies import proposal as policies


@transaction.atomic
def reuse(
    proposal: Proposal, source: Proposal, *, keys: Iterable[str] | None = None, by: User, at: datetime
) -> list[str]:
    """Bring the texts of `source`; return the keys of the sections that got one.

    Without `keys` every section that is still empty gets its text. A section named in `keys` that already says
    something keeps it, with the earlier text after it: nothing is wiped. Raises DomainError where there is nothing to
    bring, or it isn't the same organisation's, `StaleError` where a colleague saves at the same time.
    """
    policies.check_can_edit(proposal, by=by, at=at)
    if source.organisation_id != proposal.organisation_id or source.pk == proposal.pk:
        raise DomainError(_("Only texts of the same organisation can be brought here."))
    here = working_copy(proposal)
    try:
        there = working_copy(source)
    except (SealingKeyMissingError, KeyServiceError, BrokenSealError) as error:
        raise DomainError(_("That proposal can't be read now: its texts can't be brought.")) from error
    form = sections_of(proposal.challenge.form_sections)
    wanted = set(form) if keys is None else set(keys) & set(form)
    texts: dict[str, tuple[int, str]] = {}
    for key in form:
        old, new = here.sections[key].strip(), there.sections.get(key, "").strip()
        if key not in wanted or not new or new in old or (old and (keys is None or key in (LEVEL, "title"))):
            continue
        text = f"{old}\n\n{new}" if old else new
        if len(text) <= MAX_CHARACTERS:
            texts[key] = (here.versions.get(key, 0), text)
    if not texts:
        raise DomainError(_("That proposal has nothing to bring here that isn't here already."))
    save_sections(proposal, texts, by=by, at=at)
    return list(texts)
