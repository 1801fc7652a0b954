"""The lock that awards take first: the challenge's row."""

from challenges.models import Challenge


def locked(challenge: Challenge) -> Challenge:
    """Return the challenge fresh, its row locked until the end of the transaction."""
    rows = Challenge.objects.select_for_update(of=("self",), no_key=True).select_related("department")
    return rows.get(pk=challenge.pk)
