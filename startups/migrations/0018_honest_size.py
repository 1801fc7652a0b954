"""Sizes: kinds of holder, two years in a row, groups by control; figures that can't be are refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns and checks."""

    dependencies = [
        ('startups', '0017_dossier_guards'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='relatedcompany',
            name='related_share_fits',
        ),
        migrations.AddField(
            model_name='emergingcompany',
            name='in_control_group',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='earlier_size',
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.AddField(
            model_name='organisation',
            name='group_changed',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='relatedcompany',
            name='holder',
            field=models.CharField(blank=True, choices=[('investor', 'venture capital, public investor, or business angels with less than 1.25 million in it'), ('university', "university, or research centre that isn't for profit"), ('institutional', 'institutional investor or regional development fund'), ('local', 'local authority with under 5,000 people and under 10 million of budget')], max_length=13),
        ),
        migrations.AlterField(
            model_name='relatedcompany',
            name='staff',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('earlier_size__in', ['', 'micro', 'small', 'medium', 'large']), ('size__in', ['', 'micro', 'small', 'medium', 'large'])), name='organisation_size_known'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0), ('earlier_balance__gte', 0), ('earlier_turnover__gte', 0), ('turnover__gte', 0)), name='organisation_amounts_fit'),
        ),
        migrations.AddConstraint(
            model_name='relatedcompany',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('relation', 'partner'), ('share__gte', 25), ('share__lte', 50)), models.Q(('relation', 'linked'), ('share__gte', 0), ('share__lte', 100)), _connector='OR'), name='related_share_fits'),
        ),
        migrations.AddConstraint(
            model_name='relatedcompany',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0), ('turnover__gte', 0)), name='related_amounts_fit'),
        ),
        migrations.AddConstraint(
            model_name='relatedcompany',
            constraint=models.CheckConstraint(condition=models.Q(('holder__in', ['', 'investor', 'university', 'institutional', 'local'])), name='related_holder_known'),
        ),
        migrations.AddConstraint(
            model_name='relatedcompany',
            constraint=models.CheckConstraint(condition=models.Q(('staff__isnull', False), models.Q(('relation', 'partner'), models.Q(('holder', ''), _negated=True)), _connector='OR'), name='related_staff_known'),
        ),
    ]
