

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pilots', '0005_invoice_file'),
        ('startups', '0009_standing_scores'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='award',
            name='award_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='letter',
            name='letter_outcome_known',
        ),
        migrations.AlterField(
            model_name='award',
            name='status',
            field=models.CharField(choices=[('proposed', 'proposed, waiting for the winner'), ('accepted', 'accepted by the winner'), ('declined', 'declined by the winner'), ('approved', 'awarded'), ('refused', 'refused after the award'), ('withdrawn', 'withdrawn by the Office'), ('annulled', 'annulled after a review')], default='proposed', editable=False, max_length=9),
        ),
        migrations.AlterField(
            model_name='letter',
            name='outcome',
            field=models.CharField(choices=[('awarded', 'awarded'), ('reserve', 'on the reserve list'), ('not_selected', 'not selected'), ('excluded', 'excluded'), ('lapsed', 'the reserve list is over'), ('declined', 'it declined the award'), ('withdrawn', 'the award offered was withdrawn'), ('annulled', 'the award was annulled')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'accepted', 'declined', 'approved', 'refused', 'withdrawn', 'annulled'])), name='award_status_known'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['awarded', 'reserve', 'not_selected', 'excluded', 'lapsed', 'declined', 'withdrawn', 'annulled'])), name='letter_outcome_known'),
        ),
    ]
