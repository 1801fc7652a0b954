"""Kind and size of who competed, as they were at the opening."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns of a proposal."""

    dependencies = [("startups", "0003_policy_areas")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="kind_opened",
            field=models.CharField(blank=True, default="", editable=False, max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="proposal",
            name="size_opened",
            field=models.CharField(blank=True, default="", editable=False, max_length=6),
            preserve_default=False,
        ),
    ]
