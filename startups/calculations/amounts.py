"""Amounts of money written in a text. Pure."""

import re

_NUMBER = r"\d{1,3}(?:[.,\u00a0 ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_CURRENCY = r"€|EUR\b|euros?\b"
_AMOUNT = re.compile(rf"(?:{_CURRENCY})\s?(?:{_NUMBER})|(?:{_NUMBER})\s?(?:mil\s)?(?:{_CURRENCY})", re.IGNORECASE)


def amounts_in(text: str) -> list[str]:
    """Return the amounts of euros that a text mentions, as written, each once.

    >>> amounts_in("Cuesta 14.500 € más IVA, o EUR 900; en 2026 serán 3 visitas y 12 mil euros.")
    ['14.500 €', 'EUR 900', '12 mil euros']
    >>> amounts_in("El 20 % de 310 avisos en 2025.")
    []
    """
    return list(dict.fromkeys(found.group().strip() for found in _AMOUNT.finditer(text)))
