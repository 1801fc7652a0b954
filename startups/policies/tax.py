"""A tax number that can't be, said in words."""

from django.utils.translation import gettext as _

from govtech.errors import DomainError
from startups.calculations import tax


def clean_tax_id(text: str, country: str) -> str:
    """Return the number as it is kept. Raises DomainError(field="tax_id") that names what is wrong with it."""
    try:
        return tax.check(text, country)
    except tax.TaxIdError as error:
        raise DomainError(_words(error, tax.clean(text, country)), field="tax_id") from error


def _words(error: tax.TaxIdError, number: str) -> str:
    texts = {
        "empty": _("Write the tax number."),
        "length": _("A Spanish tax number has 9 characters, for instance B12345674. Count them."),
        "format": _("This isn't how a tax number is written. Check figures and letters, for instance B12345674."),
        "letter": _("The letter is wrong: with these figures it would be %(expected)s and not %(written)s."),
        "control": _("The last character is wrong: with these figures it would be %(expected)s and not %(written)s."),
        "vat": _("This VAT number isn't valid in that country. Write it as it stands on your invoices."),
    }
    words = {"expected": error.expected, "written": number[-1:]}
    text = texts[error.problem] % words
    if error.problem in ("letter", "control"):
        return text + " " + _("Check the figures, too.")
    return text
