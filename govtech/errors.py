"""Refusals. A `DomainError` is fit to show a person; anything else is a bug and may crash."""

from typing import Any


class DomainError(Exception):
    """A rule refuses what was asked. The message is translated, says the rule and the way out.

    `field` names the form field the message belongs beside, where there is one.
    """

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])


class TryAgainError(DomainError):
    """Something of ours doesn't work at the moment. What came is fine as far as we know: the same again may pass."""


class UnavailableError(Exception):
    """Something beside the portal doesn't answer just now. Nothing was changed; trying again in a while is the way out.

    The page for it (503) says so; the message is for the log.
    """


class LostError(UnavailableError):
    """What was kept can't be read: what opened it is lost, or it was altered. Trying again doesn't help; people do.

    Its page says so; the message is for the log.
    """


class TransitionError(DomainError):
    """The step isn't possible from the state the thing is in."""
