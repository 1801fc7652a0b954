"""A challenge in the words of schema.org, for search engines and other machines.

It is a `Demand`: an announcement that somebody seeks a service. Not a `Grant`: what is awarded is a contract.
"""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

CONTEXT = "https://schema.org"
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def as_text(data: Any) -> str:
    """Return data as JSON in which no text can be taken for markup.

    >>> as_text({"title": "</script> & más"})
    '{"title": "\\\\u003c/script\\\\u003e \\\\u0026 más"}'
    """
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)


def page(
    challenge: Any, *, title: str, summary: str, language: str, url: str, image: str, publisher: dict[str, str],
    districts: list[str], trail: list[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    """Return the page of a public challenge as JSON-LD.

    `title` and `summary` as shown, in `language`; addresses are whole; `trail` leads from the front page to it;
    `publisher` has `name` and `url`. Amounts are in euros without VAT.
    """
    city = {"@type": "City", "name": publisher["city"]}
    demand: dict[str, Any] = {
        "@type": "Demand",
        "@id": f"{url}#reto",
        "name": title,
        "description": summary,
        "identifier": challenge.reference,
        "url": url,
        "validFrom": _instant(challenge.opens_at),
        "validThrough": _instant(challenge.closes_at),
        "areaServed": [{"@type": "AdministrativeArea", "name": name, "containedInPlace": city} for name in districts]
        or [city],
        "priceSpecification": {
            "@type": "PriceSpecification",
            "maxPrice": str(challenge.max_amount_net),
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": False,
        },
    }
    office = {"@type": "GovernmentOrganization", "name": publisher["name"], "url": publisher["url"]}
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "name": title,
        "description": summary,
        "inLanguage": language,
        "datePublished": _instant(challenge.publish_at),
        "image": image,
        "publisher": office,
        "sourceOrganization": {
            "@type": "GovernmentOrganization", "name": challenge.department.name, "parentOrganization": office,
        },
        "mainEntity": demand,
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": name, "item": address}
                for number, (name, address) in enumerate(trail, start=1)
            ],
        },
    }  # fmt: skip


def _instant(value: Any) -> str | None:
    return value.isoformat() if value is not None else None
