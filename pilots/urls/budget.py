"""Addresses: the budget, in public and from inside."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import budget, closing, export, forecast, reconciliation, year

urlpatterns = [
    path(pgettext_lazy("url", "budget/"), budget.latest, name="budget_latest"),
    path(pgettext_lazy("url", "budget/years/"), year.years, name="budget_years"),
    path(pgettext_lazy("url", "budget/years/new/"), year.create, name="create_year"),
    path(pgettext_lazy("url", "budget/<int:year>/"), budget.budget, name="budget"),
    path(pgettext_lazy("url", "budget/<int:year>/entries.csv"), export.entries, name="budget_entries"),
    path(
        pgettext_lazy("url", "budget/<int:year>/entries.xlsx"),
        export.entries,
        {"kind": "xlsx"},
        name="budget_entries_xlsx",
    ),
    path(pgettext_lazy("url", "budget/<int:year>/balances.csv"), export.balances, name="budget_balances"),
    path(
        pgettext_lazy("url", "budget/<int:year>/balances.xlsx"),
        export.balances,
        {"kind": "xlsx"},
        name="budget_balances_xlsx",
    ),
    path(pgettext_lazy("url", "budget/<int:year>/payments.csv"), export.payments, name="budget_payments"),
    path(
        pgettext_lazy("url", "budget/<int:year>/payments.xlsx"),
        export.payments,
        {"kind": "xlsx"},
        name="budget_payments_xlsx",
    ),
    path(pgettext_lazy("url", "budget/<int:year>/management/"), year.year_page, name="budget_year"),
    path(pgettext_lazy("url", "budget/<int:year>/management/change/"), year.change, name="change_year"),
    path(pgettext_lazy("url", "budget/<int:year>/management/line/"), year.add_line, name="add_line"),
    path(
        pgettext_lazy("url", "budget/<int:year>/management/line/<path:code>/credit/"),
        year.initial_credit,
        name="initial_credit",
    ),
    path(pgettext_lazy("url", "budget/<int:year>/management/credit/"), year.change_credit, name="change_credit"),
    path(pgettext_lazy("url", "budget/<int:year>/management/move/"), year.move, name="move_year"),
    path(pgettext_lazy("url", "budget/<int:year>/management/closing/"), closing.assistant, name="closing"),
    path(pgettext_lazy("url", "budget/<int:year>/management/forecast/"), forecast.page, name="forecast"),
    path(
        pgettext_lazy("url", "budget/<int:year>/management/reconciliation/"), reconciliation.page, name="reconciliation"
    ),
    path(
        pgettext_lazy("url", "budget/<int:year>/management/reconciliation/movements/<str:public_id>/"),
        reconciliation.explain_movement,
        name="explain_movement",
    ),
    path(
        pgettext_lazy("url", "budget/<int:year>/management/reconciliation/entries/<str:public_id>/"),
        reconciliation.explain_entry,
        name="explain_entry",
    ),
]
