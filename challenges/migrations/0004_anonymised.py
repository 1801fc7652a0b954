from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0003_scoring_terms'),
    ]

    operations = [
        migrations.AddField(
            model_name='challenge',
            name='is_anonymised',
            field=models.BooleanField(default=False, verbose_name='judged without names'),
        ),
        run_sql(__file__, "0010_anonymised.sql"),
    ]
