"""The criteria a call starts from; the department edits them. Weights add up to 100."""

from django.utils.translation import gettext_lazy as _

# kind, name, what will be looked at, weight, minimum points
TEMPLATE = (
    (
        "judgement",
        _("Fit to the challenge"),
        _("It answers the problem as stated, for the people who have it, within the limits given."),
        25,
        0,
    ),
    (
        "judgement",
        _("Impact on the service and on citizens"),
        _("How far it moves today's figure towards the target, and how that will be measured."),
        25,
        0,
    ),
    (
        "judgement",
        _("Degree of innovation"),
        _("What it does that existing solutions don't, and why that matters here."),
        15,
        0,
    ),
    (
        "judgement",
        _("Feasibility of the pilot and work plan"),
        _("It can be tried in the time given, with the systems and data there are, safely and accessibly."),
        15,
        0,
    ),
    ("judgement", _("Team and experience"), _("Who would do it, and what they have done before."), 10, 0),
    ("formula", _("Price"), _("Weight × lowest price / price of the proposal."), 10, 0),
)


def missing(weights: list[int]) -> int:
    """Return how many points are missing to 100; negative where there are too many.

    >>> missing([30, 25, 20, 20])
    5
    """
    return 100 - sum(weights)
