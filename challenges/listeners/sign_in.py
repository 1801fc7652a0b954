"""Somebody signed in: what they wanted to follow as a visitor is followed now."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from challenges.actions import follow as actions
from challenges.forms.follow import WISH, thing
from govtech import clock
from govtech.errors import DomainError


@receiver(user_logged_in, dispatch_uid="challenges.follow_what_was_wished")
def follow_what_was_wished(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Follow it. What can't be followed any more is left alone."""
    wish = request.session.pop(WISH, None) if hasattr(request, "session") else None
    wanted = thing(wish, user) if wish else None
    if wanted is None:
        return
    try:
        actions.follow(wanted, by=user, at=clock.now())
    except DomainError:
        return  # the page they come back to says how it stands
