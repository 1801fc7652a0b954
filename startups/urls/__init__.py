"""Addresses of organisations, proposals and their evaluation."""

from startups.urls import attempts, chain, dossier, evaluation, opening, organisation, panel, proposal

app_name = "startups"
urlpatterns = [
    *organisation.urlpatterns,
    *dossier.urlpatterns,
    *proposal.urlpatterns,
    *attempts.urlpatterns,
    *chain.urlpatterns,
    *opening.urlpatterns,
    *panel.urlpatterns,
    *evaluation.urlpatterns,
]
