from pathlib import Path

from django.db import migrations, models

from govtech.audit.sqlfiles import run_sql

# Back: the trigger goes, and the guard of the ranking is the one of the migration before.
_before = (Path(__file__).parent.parent / "sql" / "0023_standing_scores.sql").read_text(encoding="utf-8")
_guard = _before[_before.index("CREATE OR REPLACE FUNCTION startups_result_guard") :]
UNDO = f"""
DROP TRIGGER startups_abnormal_decided ON startups_abnormaloffer;
DROP FUNCTION startups_abnormal_decided();
{_guard[: _guard.index("END $$;")]}END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("startups", "0009_standing_scores"),
    ]

    operations = [
        migrations.AddField(
            model_name="abnormaloffer",
            name="decided_in",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        run_sql(__file__, "0024_ranked_again.sql", reverse=UNDO),
    ]
