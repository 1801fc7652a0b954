"""What a call says of its scoring: abnormally low offers, presentations."""

from django.conf import settings
from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):
    """See `sql/`."""

    dependencies = [
        ('challenges', '0002_guards'),
        ('files', '0001_initial'),
        ('reference', '0002_portal_rule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='criterion',
            name='criterion_kind_known',
        ),
        migrations.AddField(
            model_name='challenge',
            name='abnormal_percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='percent below'),
        ),
        migrations.AddField(
            model_name='challenge',
            name='abnormal_rule',
            field=models.CharField(choices=[('none', 'none: no offer is presumed abnormally low'), ('mean', 'a percentage below the mean of the offers'), ('maximum', 'a percentage below the maximum amount'), ('regulation', 'the limits of the regulation (Royal Decree 1098/2001, art. 85)')], default='none', max_length=10, verbose_name='when an offer is presumed abnormally low'),
        ),
        migrations.AddField(
            model_name='challenge',
            name='shortlist_mark_percent',
            field=models.PositiveSmallIntegerField(default=50, verbose_name='least part of the points so far'),
        ),
        migrations.AddField(
            model_name='challenge',
            name='shortlist_size',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='how many present'),
        ),
        migrations.AlterField(
            model_name='criterion',
            name='kind',
            field=models.CharField(choices=[('judgement', 'value judgement'), ('formula', 'formula (price)'), ('pitch', 'presentation, of the shortlisted')], default='judgement', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shortlist_size__isnull', True), models.Q(('shortlist_size__gte', 1), ('shortlist_size__lte', 20)), _connector='OR'), ('shortlist_mark_percent__gte', 50), ('shortlist_mark_percent__lte', 100)), name='challenge_shortlist_in_range'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('abnormal_percent__isnull', True), ('abnormal_rule__in', ['none', 'regulation'])), models.Q(('abnormal_percent__gte', 1), ('abnormal_percent__lte', 99), ('abnormal_rule__in', ['mean', 'maximum'])), _connector='OR'), name='challenge_abnormal_rule_whole'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['judgement', 'formula', 'pitch'])), name='criterion_kind_known'),
        ),
        run_sql(__file__, "0009_scoring.sql"),
    ]
