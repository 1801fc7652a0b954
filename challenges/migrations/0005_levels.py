from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0004_anonymised'),
    ]

    operations = [
        migrations.AddField(
            model_name='criterion',
            name='anchors',
            field=models.TextField(blank=True, verbose_name='what each level means'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='anchors_en',
            field=models.TextField(blank=True, verbose_name='what each level means, in English'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(('is_anonymised', False), ('shortlist_size__isnull', True), _connector='OR'), name='challenge_without_names_or_presented'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('anchors', ''), ('anchors__regex', '^([^\\n]+\\n){5}[^\\n]+$'), _connector='OR'), models.Q(('anchors_en', ''), ('anchors_en__regex', '^([^\\n]+\\n){5}[^\\n]+$'), _connector='OR')), name='criterion_levels_whole'),
        ),
        run_sql(__file__, "0011_levels.sql"),
    ]
