"""Papers and verifications are ended and never changed; a stopped proposal is opened by two people."""

from django.db import migrations

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/0017_dossier.sql`."""

    dependencies = [("startups", "0016_clarified_late")]

    operations = [run_sql(__file__, "0017_dossier.sql")]
