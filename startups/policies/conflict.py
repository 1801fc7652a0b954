"""What the portal knows that may tie a panel member to an organisation. It helps to declare; it decides nothing."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError
from startups.calculations.matching import domain_of, same_name, shared_domains
from startups.models import Interest, InterestKind, Membership, Organisation

TWO_YEARS = timedelta(days=730)  # Law 40/2015 art. 23.2.e
SHORTEST_DISMISSAL = 10  # characters

KINDS: dict[str, Any] = {
    "membership": gettext_lazy("You belong or belonged to it on this portal in the last two years."),
    "tax": gettext_lazy("You declared an interest in the company with this tax number."),
    "name": gettext_lazy("You declared an interest in a company of this name."),
    "employment": gettext_lazy("You declared work for it in the last two years."),
    "email": gettext_lazy("Your e-mail address is of the same domain as the organisation's."),
    "pilot": gettext_lazy("You took part in an earlier pilot with it."),
}
# For the Office, who reads of somebody else.
TOLD: dict[str, Any] = {
    "membership": gettext_lazy("belonged to it in the last two years"),
    "tax": gettext_lazy("declared an interest, same tax number"),
    "name": gettext_lazy("declared an interest, same name"),
    "employment": gettext_lazy("declared work for it"),
    "email": gettext_lazy("same e-mail domain"),
    "pilot": gettext_lazy("an earlier pilot with it"),
}

Source = Callable[[Collection[int], Collection[int]], Iterable[tuple[int, int]]]
_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Let a higher app say which (person, organisation) of those given it knows to be tied, under a kind of `KINDS`."""
    if kind not in KINDS:
        raise LookupError(kind)
    _sources[kind] = source


@dataclass(frozen=True)
class Person:
    """What is compared of somebody: addresses, declared ties."""

    pk: int
    emails: list[str]
    interests: list[Interest]


def matches(
    users: Iterable[User], organisations: Sequence[Organisation], *, at: datetime
) -> dict[tuple[int, int], list[str]]:
    """Return the kinds of match found by (person, organisation). A number of queries that doesn't grow."""
    people, today = _people(users), local_date(at)
    keys = [row.pk for row in organisations]
    found: dict[tuple[int, int], set[str]] = {}
    recent = Membership.objects.filter(user__in=people, organisation__in=keys)
    recent = recent.filter(Q(left_at__isnull=True) | Q(left_at__gte=at - TWO_YEARS))
    for pair in recent.values_list("user_id", "organisation_id"):
        found.setdefault(pair, set()).add("membership")
    for kind, source in _sources.items():
        for pair in source(people, keys):
            found.setdefault(pair, set()).add(kind)
    addresses = _addresses(organisations)
    own = _own_domains()
    for person in people.values():
        for organisation in organisations:
            kinds = _declared(person, organisation, today)
            if shared_domains(person.emails, addresses[organisation.pk], own=own):
                kinds.add("email")
            if kinds:
                found.setdefault((person.pk, organisation.pk), set()).update(kinds)
    return {pair: [kind for kind in KINDS if kind in kinds] for pair, kinds in found.items()}


def _people(users: Iterable[User]) -> dict[int, Person]:
    found = {user.pk: Person(user.pk, [user.email], []) for user in users}
    for user, email in EmailAddress.objects.filter(user__in=found, verified=True).values_list("user_id", "email"):
        found[user].emails.append(email)
    for row in Interest.objects.current().filter(user__in=found):
        found[row.user_id].interests.append(row)
    return found


def _addresses(organisations: Sequence[Organisation]) -> dict[int, list[str]]:
    found = {row.pk: [row.website] for row in organisations}
    members = Membership.objects.current().filter(organisation__in=found)
    for organisation, email in members.values_list("organisation_id", "user__email"):
        found[organisation].append(email)
    return found


def _own_domains() -> list[str]:
    """Return the city's own domains: those of the portal's mail and address."""
    return [
        domain
        for domain in (domain_of(settings.DEFAULT_FROM_EMAIL.rstrip(">")), domain_of(settings.SITE_URL))
        if domain
    ]


def _declared(person: Person, organisation: Organisation, today: date) -> set[str]:
    kinds = set()
    for interest in person.interests:
        same_number = bool(interest.tax_id) and interest.tax_id.upper() == organisation.tax_id.upper()
        if not same_number and not same_name(interest.organisation_name, organisation.name):
            continue
        is_work = interest.kind in {InterestKind.EMPLOYMENT, InterestKind.SERVICES}
        if is_work and interest.until_on is not None and interest.until_on < today - TWO_YEARS:
            continue
        if is_work:
            kinds.add("employment")
        kinds.add("tax" if same_number else "name")
    return kinds


def check_dismissed(kinds: Sequence[str], reason: str, *, field: str) -> None:
    """Who declares none in spite of a match says why it is none."""
    if kinds and len(reason.strip()) < SHORTEST_DISMISSAL:
        raise DomainError(
            _("The portal found a match: say in at least %(n)s characters why it is no conflict.")
            % {"n": SHORTEST_DISMISSAL},
            field=field,
        )
