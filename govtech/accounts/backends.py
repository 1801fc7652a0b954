"""Signing in, as the sign-in library does it; who is signed in is read by a statement that is compiled once."""

from typing import Any

from allauth.account import auth_backends

from govtech.accounts import roles
from govtech.accounts.models import User


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    """The library's own."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, None where they can't sign in any more."""
        user = roles.person(int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None
