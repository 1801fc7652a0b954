"""A certificate as a document, made anew when asked for, always the same, with the address at which it is checked."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from govtech.clock import local_date
from govtech.files import pdf as documents
from govtech.notifications.addresses import absolute
from govtech.programme.models import Certificate
from govtech.shell.words import formatted, number


def check_url(certificate: Certificate) -> str:
    """Return the public address that checks it."""
    path = reverse("programme:certificate_check", kwargs={"code": certificate.code})
    return absolute(path, get_language() or settings.LANGUAGE_CODE)


def pdf(certificate: Certificate) -> bytes:
    """Return the certificate as a tagged PDF in the language in force. It was read with its session and person."""
    registration = certificate.registration
    session = registration.session
    blocks = [
        documents.paragraph(
            _("%(office)s of %(council)s certifies that this person attended the training named below.")
            % {"office": settings.OFFICE_NAME, "council": settings.CITY_COUNCIL_NAME}
        ),
        documents.facts(
            [
                (_("Name"), registration.user.full_name),
                (_("Course"), str(session.course)),
                (_("Subject"), session.course.get_topic_display()),
                (_("Held on"), formatted(session.starts_at, "day")),
                (_("Place"), session.where),
                (_("Hours"), number(certificate.hours, places=1)),
                (_("Department"), str(registration.department or "")),
                (_("Issued on"), formatted(certificate.issued_at, "day")),
                (_("Counts until"), formatted(certificate.valid_until, "day") if certificate.valid_until else ""),
            ]
        ),
        documents.heading(_("What was learnt")),
        documents.paragraph(session.course.summary),
        documents.heading(_("How to check it")),
        documents.paragraph(_("Anybody with the code sees at this address whether the certificate is genuine.")),
        documents.code(f"{check_url(certificate)}\n{_('Code')}: {certificate.code}"),
    ]
    context = {"title": _("Certificate of training"), "reference": certificate.code, "blocks": blocks}
    return documents.render("document", context, at=certificate.issued_at)


def file_name(certificate: Certificate) -> str:
    """Return what the downloaded file is called."""
    return f"certificado-{local_date(certificate.issued_at):%Y-%m-%d}-{certificate.code}.pdf"
