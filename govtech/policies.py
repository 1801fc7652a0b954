"""What all policies share: the bool is derived from the check, never written twice."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.errors import DomainError, TransitionError


def allows(check: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
    """Return whether `check` lets this pass: True unless it refuses with a reason."""
    try:
        check(*args, **kwargs)
    except (PermissionDenied, DomainError):
        return False
    return True


def check_move(transitions: Mapping[Any, set[Any]], old: Any, new: Any) -> None:
    """Raise `TransitionError` unless the table lets `old` become `new`."""
    if new not in transitions[type(new)(old)]:
        raise TransitionError(
            _("This is %(old)s and can't become %(new)s. Reload the page to see where it stands now.")
            % {"old": type(new)(old).label, "new": new.label}
        )
