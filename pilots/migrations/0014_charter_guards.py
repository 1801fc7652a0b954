"""What the database refuses of charters."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql

BACK = """
DROP TRIGGER pilots_charter_place_guard ON pilots_charter_districts;
DROP TRIGGER pilots_charter_guard ON pilots_charter;
DROP TRIGGER pilots_starts_with_charter ON pilots_pilot;
DROP FUNCTION pilots_charter_place_guard, pilots_charter_guard, pilots_starts_with_charter;
"""


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("pilots", "0013_charter")]

    operations = [run_sql(__file__, "0014_charter.sql", reverse=BACK)]
