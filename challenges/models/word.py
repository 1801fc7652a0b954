"""Words of published challenges: what a misspelling is held against."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchWord(models.Model):
    """A word of a challenge that was put to the market. Written by the database alone (`sql/0005_finding.sql`).

    `plain` is in small letters without accents; `shown` as it was first written. Who reads it shows a word only where
    a public challenge has it: a challenge may wait for its publication. Forgotten when no such challenge has it.
    """

    plain = models.CharField(max_length=40, primary_key=True)
    shown = models.CharField(max_length=40)

    class Meta:
        indexes = [GinIndex(fields=["plain"], opclasses=["gin_trgm_ops"], name="searchword_trgm")]

    def __str__(self) -> str:
        return self.shown
