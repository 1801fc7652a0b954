import django.db.models.deletion
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0004_anonymised'),
        ('startups', '0007_proposal_of_organisation'),
    ]

    operations = [
        migrations.AlterField(
            model_name='shortlist',
            name='challenge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge'),
        ),
        run_sql(__file__, "0022_rounds.sql"),
    ]
