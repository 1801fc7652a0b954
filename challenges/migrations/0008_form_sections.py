"""The parts of the long form that a call asks for; fixed once it is published."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

from govtech.audit.sqlfiles import run_sql

EXTRA = ["fit", "innovation", "maturity", "indicators", "privacy", "security", "property", "references"]


class Migration(migrations.Migration):
    """See `sql/0008_form.sql`."""

    dependencies = [("challenges", "0007_catalogue_indexes")]

    operations = [
        migrations.AddField(
            "challenge",
            "form_sections",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=20),
                blank=True,
                default=list,
                verbose_name="what a proposal says besides",
            ),
        ),
        migrations.AddConstraint(
            "challenge",
            models.CheckConstraint(
                name="challenge_form_sections_known", condition=Q(form_sections__contained_by=EXTRA)
            ),
        ),
        run_sql(__file__, "0008_form.sql"),
    ]
