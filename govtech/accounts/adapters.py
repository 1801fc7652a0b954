"""How the sign-in library does things here."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_language

from govtech.accounts.models import User
from govtech.accounts.roles import needs_mfa

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    """Names people as they sign up and writes to them in their language."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - the library's signature
        """Keep the name given and the language of the page."""
        user.full_name = form.cleaned_data.get("full_name", "")
        language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        user.language = language if language in User.Language.values else settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the person's language; to somebody unknown, in the page's."""
        user = context.get("user")
        language = user.language if isinstance(user, User) else get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, {"programme_name": settings.PROGRAMME_NAME, **context})


def _fernet() -> MultiFernet:
    """Return the cipher of second factors: the newest sealing key writes, older ones still read."""
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factors\0" + key).digest()))
            for key in settings.SEALING_KEYS
        ]
    )


class MFAAdapter(DefaultMFAAdapter):
    """Keeps second factors encrypted and doesn't let staff be left without one."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret from the database."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last second factor of somebody who needs one."""
        if authenticator.type not in FACTORS or not needs_mfa(authenticator.user):
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists()
