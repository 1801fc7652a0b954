"""Addresses of organisations, proposals and their evaluation."""

from startups.urls import (
    abnormal,
    attempts,
    chain,
    consortium,
    dossier,
    evaluation,
    opening,
    organisation,
    panel,
    pitch,
    proposal,
)

app_name = "startups"
urlpatterns = [
    *organisation.urlpatterns,
    *dossier.urlpatterns,
    *proposal.urlpatterns,
    *consortium.urlpatterns,
    *attempts.urlpatterns,
    *chain.urlpatterns,
    *opening.urlpatterns,
    *panel.urlpatterns,
    *evaluation.urlpatterns,
    *abnormal.urlpatterns,
    *pitch.urlpatterns,
]
