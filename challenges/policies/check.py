"""One line of the check list, and why each rule is there."""

from dataclasses import dataclass
from typing import Any

from challenges.policies.reason import REASONS

OK, STOP, ADVICE = "ok", "stop", "advice"


@dataclass(frozen=True)
class Check:
    """One line of the list: "ok", "stop" or "advice", in words, with the step and field it is about.

    `rule` is the key of the rule that wrote it; `why` tells the reason where the rule isn't one of `REASONS`.
    """

    level: str
    text: str
    step: str
    field: str = ""
    total: int | None = None  # what the weights add up to, where that is the trouble
    rule: str = ""
    why: Any = ""
    url: str = ""  # where it is mended, if that isn't a step of the form

    @property
    def reason(self) -> Any:
        """Why the rule is there, in a sentence."""
        return self.why or REASONS.get(self.rule, "")
