"""What the database refuses of a challenge, and the words it is found by."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [("challenges", "0001_initial"), ("audit", "0002_guards")]

    operations = [
        run_sql(__file__, "0002_guards.sql"),
        run_sql(__file__, "0003_review.sql"),
        run_sql(__file__, "0004_versions.sql"),
        run_sql(__file__, "0005_finding.sql"),
        run_sql(__file__, "0006_alerts.sql"),
        run_sql(__file__, "0008_form.sql"),
    ]
