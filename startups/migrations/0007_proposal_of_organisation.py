"""The index by which an organisation's proposals are read, the newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add it."""

    dependencies = [("startups", "0006_independence")]

    operations = [
        migrations.AddIndex(
            "proposal",
            models.Index(
                "organisation",
                models.F("created_at").desc(),
                models.F("id").desc(),
                name="proposal_of_organisation",
            ),
        ),
    ]
