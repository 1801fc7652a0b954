"""Which of a page's saves a section was: a late copy of an earlier one is refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""

    dependencies = [("startups", "0013_consortium")]

    operations = [
        migrations.AddField(
            model_name="proposalsection",
            name="saved_turn",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
