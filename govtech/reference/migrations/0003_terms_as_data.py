"""Terms with how they are counted; days to review; time left after a correction."""

import govtech.reference.terms
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0002_portal_rule'),
    ]

    operations = [
        migrations.AddField(
            model_name='rules',
            name='correction_open_percent',
            field=models.PositiveSmallIntegerField(default=50, help_text='Percent of the days the call was open for at first (Ley 9/2017, art. 136.2).', verbose_name='part of the open time left after a substantial correction'),
        ),
        migrations.AddField(
            model_name='rules',
            name='review_working_days',
            field=models.PositiveSmallIntegerField(default=10, help_text='What the Office promises the departments.', verbose_name='working days to review a challenge'),
        ),
        migrations.AddField(
            model_name='rules',
            name='terms',
            field=models.JSONField(default=govtech.reference.terms.defaults, help_text="For each term: unit, starts (from when), last_day (if it isn't a working day), source.", verbose_name='how each term is counted'),
        ),
        migrations.AddConstraint(
            model_name='rules',
            constraint=models.CheckConstraint(condition=models.Q(('review_working_days__gte', 1)), name='rules_review_days_positive'),
        ),
        migrations.AddConstraint(
            model_name='rules',
            constraint=models.CheckConstraint(condition=models.Q(('correction_open_percent__gte', 1), ('correction_open_percent__lte', 100)), name='rules_correction_is_percent'),
        ),
    ]
