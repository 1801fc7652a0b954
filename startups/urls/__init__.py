"""Addresses of organisations, proposals and their evaluation."""

from startups.urls import chain, evaluation, opening, organisation, panel, proposal

app_name = "startups"
urlpatterns = [
    *organisation.urlpatterns,
    *proposal.urlpatterns,
    *chain.urlpatterns,
    *opening.urlpatterns,
    *panel.urlpatterns,
    *evaluation.urlpatterns,
]
