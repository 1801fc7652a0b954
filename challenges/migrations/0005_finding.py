import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import Q

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """The maturity a challenge asks for, and the words that a misspelling is held against."""

    dependencies = [("challenges", "0004_writing"), ("reference", "0002_portal_rule")]

    operations = [
        migrations.AddField(
            model_name="challenge",
            name="minimum_trl",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="maturity asked for"),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=Q(("minimum_trl__isnull", True), Q(("minimum_trl__gte", 1), ("minimum_trl__lte", 9)), _connector="OR"),
                name="challenge_minimum_trl_is_a_level",
            ),
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("plain", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("shown", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["plain"], name="searchword_trgm", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
        run_sql(__file__, "0005_finding.sql"),
    ]
