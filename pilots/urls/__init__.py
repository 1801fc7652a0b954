"""Addresses of money, awards and pilots."""

from pilots.urls import award, budget, credit, pilot

app_name = "pilots"
urlpatterns = [*budget.urlpatterns, *credit.urlpatterns, *award.urlpatterns, *pilot.urlpatterns]
