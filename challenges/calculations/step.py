"""The steps in which a challenge is written, and the columns each holds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# In order. The criteria and documents have rows of their own; the terms are the Office's.
STEPS: dict[str, tuple[str, ...]] = {
    "problem": (
        "title", "title_en", "summary", "summary_en", "policy_area", "problem", "problem_en", "affected", "affected_en",
        "tried", "tried_en",
    ),
    "outcome": ("outcome", "outcome_en", "baseline", "baseline_en", "target", "target_en"),
    "setting": (
        "place", "place_en", "systems", "systems_en", "data_available", "data_available_en", "has_personal_data",
        "legal_limits", "legal_limits_en",
    ),
    "pilot": (
        "duration_months", "districts", "minimum_trl", "contribution", "contribution_en", "adoption", "adoption_en",
    ),
    "money": ("max_amount_net", "awards_planned", "options_net", "independent_objects_reason"),
    "criteria": ("pass_mark", "criteria"),
    "calendar": (
        "opens_at", "questions_close_at", "answers_due_at", "closes_at", "evaluation_until", "award_until",
        "pilot_starts_on",
    ),
    "documents": (),
}  # fmt: skip
TERMS = (
    "route", "cpv", "ip_clause", "data_clause", "subcontracting_clause", "offer_validity_days", "reserve_list_length",
    "abnormal_rule", "abnormal_percent", "shortlist_size", "shortlist_mark_percent", "publishes_identities",
    "is_anonymised", "form_sections", "case_file", "buyer_profile_url",
)  # fmt: skip
KEYS = (*STEPS, "terms")
ROWS = frozenset({"districts", "criteria"})  # kept in tables of their own

LABELS = {
    "problem": _("The problem"),
    "outcome": _("What must be achieved"),
    "setting": _("Where and with what"),
    "pilot": _("The pilot"),
    "money": _("Amount"),
    "criteria": _("Criteria"),
    "calendar": _("Calendar"),
    "documents": _("Documents"),
    "terms": _("Terms of the Office"),
}
# The word of each step in addresses.
WORDS = {
    "problem": pgettext_lazy("url", "problem"),
    "outcome": pgettext_lazy("url", "outcome"),
    "setting": pgettext_lazy("url", "setting"),
    "pilot": pgettext_lazy("url", "pilot"),
    "money": pgettext_lazy("url", "amount"),
    "criteria": pgettext_lazy("url", "criteria"),
    "calendar": pgettext_lazy("url", "calendar"),
    "documents": pgettext_lazy("url", "documents"),
    "terms": pgettext_lazy("url", "terms"),
}
