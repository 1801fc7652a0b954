"""Numbers of references: one locked row for each prefix and year."""

from django.db import models


class ReferenceCounter(models.Model):
    """The last number given for a prefix in a year of the city's zone. Locked while a reference is given."""

    prefix = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_counter_a_year", fields=["prefix", "year"])]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:03d}"

    @classmethod
    def next(cls, prefix: str, year: int) -> str:
        """Give the next reference, e.g. `RETO-2026-004`. The caller is in a transaction; the row stays locked."""
        cls.objects.get_or_create(prefix=prefix, year=year)
        counter = cls.objects.select_for_update(no_key=True).get(prefix=prefix, year=year)
        counter.last += 1
        counter.save(update_fields=["last"])
        return str(counter)
