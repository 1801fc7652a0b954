

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='prepareddecision',
            name='decision_kind_known',
        ),
        migrations.AlterField(
            model_name='prepareddecision',
            name='kind',
            field=models.CharField(choices=[('publication', 'authorise spending and publication'), ('opening', 'open the proposals'), ('award', 'award'), ('void', 'declare void'), ('cancellation', 'cancel'), ('credit', 'change credit'), ('budget_year', 'open a budget year'), ('amount', 'change the amount of a call'), ('termination', 'end the pilot early'), ('annulment', 'annul an award')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='prepareddecision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['publication', 'opening', 'award', 'void', 'cancellation', 'credit', 'budget_year', 'amount', 'termination', 'annulment'])), name='decision_kind_known'),
        ),
    ]
