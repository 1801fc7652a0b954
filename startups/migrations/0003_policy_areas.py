"""The policy areas an organisation works in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What the catalogue is ordered by for its members."""

    dependencies = [("startups", "0002_guards"), ("reference", "0002_portal_rule")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="policy_areas",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="reference.policyarea", verbose_name="policy areas it works in"
            ),
        ),
    ]
