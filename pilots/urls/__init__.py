"""Addresses of money, awards and pilots."""

from pilots.urls import award, budget, credit, direct, impact, initiative, open_data, pilot, spent

app_name = "pilots"
urlpatterns = [
    *budget.urlpatterns,
    *spent.urlpatterns,
    *direct.urlpatterns,
    *initiative.urlpatterns,
    *credit.urlpatterns,
    *award.urlpatterns,
    *pilot.urlpatterns,
    *open_data.urlpatterns,
    *impact.urlpatterns,
]
