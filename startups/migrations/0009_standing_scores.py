import django.contrib.postgres.fields
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0005_levels'),
        ('startups', '0008_rounds'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='pitchscore',
            name='pitch_score_in_range',
        ),
        migrations.AddField(
            model_name='agreedscore',
            name='basis',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='pitchscore',
            name='is_unable',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='recusation',
            name='known_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='redaction',
            name='shown',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None),
        ),
        migrations.AddField(
            model_name='shortlist',
            name='reason',
            field=models.TextField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name='pitchscore',
            name='points',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='pitchscore',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_unable', True), ('points__isnull', True)), models.Q(('is_unable', False), ('points__gte', 0), ('points__isnull', False), ('points__lte', 5)), _connector='OR'), name='pitch_score_in_range'),
        ),
        migrations.AddConstraint(
            model_name='recusation',
            constraint=models.UniqueConstraint(condition=models.Q(('known_on__isnull', True)), fields=('member', 'organisation', 'ground'), name='one_recusation_of_known_facts'),
        ),
        run_sql(__file__, "0023_standing_scores.sql"),
    ]
