"""Comparing a person's addresses and declared ties with an organisation. Pure."""

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from startups.calculations.redaction import LEGAL_FORM, folded

# Anybody has an address there: it ties nobody to anything.
_PROVIDERS = """
gmail.com googlemail.com hotmail.com hotmail.es outlook.com outlook.es live.com live.es msn.com yahoo.com yahoo.es
icloud.com me.com mac.com proton.me protonmail.com gmx.com gmx.es mail.com telefonica.net movistar.es ono.com orange.es
terra.es zoho.com tutanota.com fastmail.com
"""
PUBLIC_PROVIDERS = frozenset(_PROVIDERS.split())
RESERVED = re.compile(r"(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$")  # RFC 2606: nobody's


def domain_of(address: str) -> str:
    """Return the domain of an e-mail or web address; nothing for a public provider.

    >>> domain_of("Ana@Clara.es"), domain_of("https://www.clara.es/quienes"), domain_of("ana@gmail.com"), domain_of("")
    ('clara.es', 'clara.es', '', '')
    >>> domain_of("ana@example.org"), domain_of("ana@personas.example"), domain_of("ana@example.test")
    ('', '', '')
    """
    host = address.rpartition("@")[2] if "@" in address else urlsplit(address).hostname or ""
    host = host.strip().lower().removeprefix("www.")
    return "" if host in PUBLIC_PROVIDERS or "." not in host or RESERVED.search(host) else host


def shared_domains(one: Iterable[str], others: Iterable[str], *, own: Collection[str] = ()) -> list[str]:
    """Return the domains that addresses of a person and of an organisation share, but for the city's `own`.

    >>> shared_domains(["a@clara.es", "a@gmail.com"], ["https://clara.es", "b@gmail.com"])
    ['clara.es']
    >>> shared_domains(["a@madrid.es"], ["b@madrid.es"], own=["madrid.es"])
    []
    """
    found = {domain_of(each) for each in one} & {domain_of(each) for each in others}
    return sorted(found - {"", *own})


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same company's, whatever accents, capitals and legal form.

    >>> same_name("Energía Clara, S.L.", "ENERGIA CLARA"), same_name("Clara", "Clarisa SL"), same_name("", "")
    (True, False, False)
    """
    first, second = (" ".join(LEGAL_FORM.sub("", folded(name)).replace(",", " ").split()) for name in (one, other))
    return bool(first) and first == second
