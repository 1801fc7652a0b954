"""Terms of who was asked later; who states the number of the official register."""

from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """Columns, and the guard of the first."""

    dependencies = [("startups", "0015_arrived_uploads")]
    operations = [
        migrations.AddField(
            model_name="clarificationanswer",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="externalentry",
            name="by_office",
            field=models.BooleanField(default=False),
        ),
        run_sql(__file__, "0016_clarification.sql"),
    ]
