"""Tax numbers of Spain, the European Union, the United Kingdom, Switzerland and Norway: cleaned, checked. Pure."""

import re

from stdnum import exceptions
from stdnum.ch import uid
from stdnum.es import cif, dni, nie, nif
from stdnum.eu import vat
from stdnum.gb import vat as british
from stdnum.no import orgnr

EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - a list to read
)
VAT_PREFIX = {"GR": "EL"}
# What else people write around the number of a company: prefix and end. Those with and without VAT have the same one.
AROUND = {"GB": r"^(GB|XI)(?=\w{5,})", "CH": r"(MWST|TVA|IVA|TPV|HR)$", "NO": r"^NO|MVA$"}
NEIGHBOURS = {"GB": british, "CH": uid, "NO": orgnr}
# The number of a company in the British register (Companies House): what it has below the threshold of VAT.
COMPANIES_HOUSE = re.compile(r"\d{8}|[A-Z]{2}\d{6}")
BRITISH_BRANCH = re.compile(r"(\d{9})\d{3}")  # the VAT number of a branch: the company's, and three digits more
BRITISH_VAT = 9  # digits; three more name a branch of the same company
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


class TaxIdError(ValueError):
    """A number that can't be. `problem` is a key; `expected` the right control character where it is known."""

    def __init__(self, problem: str, expected: str = "") -> None:
        super().__init__(problem)
        self.problem, self.expected = problem, expected


def clean(text: str, country: str) -> str:
    """Return the number without spaces, dots, hyphens and the country's prefix, in capitals.

    >>> clean(" es b-12.345.674 ", "ES")
    'B12345674'
    >>> clean("CHE-107.787.577 IVA", "CH"), clean("107787577", "CH"), clean("NO 995 525 828 MVA", "NO")
    ('CHE107787577', 'CHE107787577', '995525828')
    >>> clean("GB 980 7806 84 001", "GB")
    '980780684'
    """
    number = "".join(c for c in text.upper() if c.isalnum())
    if country in AROUND:
        number = re.sub(AROUND[country], "", number)
        if country == "GB" and (branch := BRITISH_BRANCH.fullmatch(number)):
            return branch[1]
        return f"CHE{number}" if country == "CH" and number.isdigit() else number
    prefix = VAT_PREFIX.get(country, country)
    return number.removeprefix(prefix) if country in EUROPEAN_UNION and len(number) > len(prefix) + 4 else number


def check(text: str, country: str) -> str:
    """Return the clean number, or raise `TaxIdError`: "empty", "length", "format", "letter", "control" or "vat".

    >>> check("12345678-z", "ES"), check("P2807900B", "ES"), check("X1234567L", "ES")
    ('12345678Z', 'P2807900B', 'X1234567L')
    >>> try: check("12345678A", "ES")
    ... except TaxIdError as error: print(error.problem, error.expected)
    letter Z
    >>> check("DE136695976", "DE")
    '136695976'
    >>> check("GB 980 7806 84", "GB"), check("995525828", "NO")
    ('980780684', '995525828')
    >>> check("07524813", "GB"), check("SC 123456", "GB")
    ('07524813', 'SC123456')
    """
    number = clean(text, country)
    if not number:
        raise TaxIdError("empty")
    if not number.isascii() or not 4 <= len(number) <= 20:
        raise TaxIdError("length" if country == "ES" and number.isascii() else "format")
    if country == "ES":
        return _spanish(number)
    if country in EUROPEAN_UNION:
        prefix = VAT_PREFIX.get(country, country)
        try:
            return str(vat.validate(prefix + number)).removeprefix(prefix)
        except exceptions.ValidationError as error:
            raise TaxIdError("vat") from error
    return _neighbour(number, country) if country in NEIGHBOURS else number


def _neighbour(number: str, country: str) -> str:
    if country == "GB" and COMPANIES_HOUSE.fullmatch(number):
        return number
    try:
        valid = str(NEIGHBOURS[country].validate(number))
    except exceptions.ValidationError as error:
        raise TaxIdError("vat") from error
    return valid[:BRITISH_VAT] if country == "GB" else valid


def _spanish(number: str) -> str:
    if len(number) != 9:
        raise TaxIdError("length")
    try:
        return str(nif.validate(number))
    except exceptions.InvalidChecksum as error:
        raise TaxIdError(*_right_control(number)) from error
    except exceptions.ValidationError as error:
        raise TaxIdError("format") from error


def _right_control(number: str) -> tuple[str, str]:
    """Return which control is wrong and what it should be."""
    if number[0].isdigit():
        return "letter", str(dni.calc_check_digit(number[:-1]))
    if number[0] in "XYZ":
        return "letter", str(nie.calc_check_digit(number[:-1]))
    if number[0] in "KLM":
        return "letter", DNI_LETTERS[int(number[1:8]) % 23] if number[1:8].isdigit() else ""
    both = str(cif.calc_check_digits(number[:-1]))
    return "control", both[-1] if number[0] in "PQRSNW" else both[0]
