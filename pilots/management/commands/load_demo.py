"""Load the demonstration: real actions replayed in simulated time, once."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from govtech import clock
from govtech.accounts import retention
from govtech.accounts.models import User
from govtech.demonstration import DOMAIN
from govtech.notifications.actions import WIPED
from govtech.notifications.models import Notice, OutgoingEmail
from govtech.reference.models import Holiday
from pilots.management.demo import plot
from pilots.management.demo.calls import Stage
from pilots.management.demo.cast import make_people
from pilots.management.demo.replay import Days, replay


class Command(BaseCommand):
    """`manage.py load_demo`: all or nothing; does nothing where the demonstration is loaded already.

    Refuses a database that holds other accounts. Needs the owner of the database: only it may set the clock.
    """

    help = "Load the demonstration's data."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was loaded."""
        if User.objects.filter(email=f"oficina@{DOMAIN}").exists():
            self.stdout.write("The demonstration is loaded already.")
            return
        if User.objects.exists():
            raise CommandError("This database holds other accounts: the demonstration goes into an empty one only.")
        with translation.override("es"), transaction.atomic():
            steps = self._load()
        self.stdout.write(f"Demonstration loaded: {steps} steps replayed.")

    def _load(self) -> int:
        days = Days(clock.now(), zone=ZoneInfo(settings.TIME_ZONE), holidays=Holiday.objects.dates())
        begin = days.on(plot.BEGIN)
        with clock.travel(begin):
            stage = Stage(make_people(begin), days)
        until = plot.last_instant(stage)
        steps = replay(plot.all_stories(stage), until=until)
        # The mail of the past was read long ago: only the newest is still to be sent.
        recent = days.on(-2)
        old = OutgoingEmail.objects.filter(created_at__lt=recent)
        old.update(sent_at=until, **WIPED)
        Notice.objects.filter(created_at__lt=days.on(-6)).update(read_at=until)
        retention.list_due(at=days.on(-1))  # a draft of long ago: a week after, it goes
        return steps
