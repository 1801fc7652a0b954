"""The page of a budget year says when its split by line is only an example."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds `BudgetYear.is_split_illustrative`."""

    dependencies = [("pilots", "0003_money")]

    operations = [
        migrations.AddField(
            "budgetyear",
            "is_split_illustrative",
            models.BooleanField(default=False, verbose_name="the split by line is illustrative"),
        )
    ]
