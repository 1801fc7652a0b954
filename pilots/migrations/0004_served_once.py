"""A formal notification is written once."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("pilots", "0003_award_release")]

    operations = [run_sql(__file__, "0005_served_once.sql")]
