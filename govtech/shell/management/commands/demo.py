"""Run the whole portal on this machine, with its own servers and demonstration data."""

import contextlib
import os
import shutil
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from govtech import demonstration, processes


class Command(BaseCommand):
    """Migrate, load the data, start web server, worker and beat, and watch over them until told to stop."""

    help = "Run the whole portal here: PostgreSQL, Valkey, web server, worker, beat, data. Stop with Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare and run. `manage.py` has started the servers and set the environment."""
        if not settings.DEMO:
            raise CommandError("Start the demonstration with: manage.py demo")
        self._prepare()
        self._run()

    def _say(self, text: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody reads any more: no reason to leave children behind
            self.stdout.write(text)
            self.stdout.flush()

    def _prepare(self) -> None:
        """Bring schema, static files and data up to date. Safe to repeat."""
        self._say("Database…")
        call_command("migrate", interactive=False, verbosity=0)
        self._say("Static files…")
        self._collect_static()
        if os.environ.get("DEMO_LOAD") == "0":
            self._say("DEMO_LOAD=0: the portal starts without data.")
        elif "load_demo" in get_commands():
            self._say("Demonstration data…")
            call_command("load_demo")
        else:
            self._say("There is no load_demo command: the portal starts empty.")
        connections.close_all()

    def _collect_static(self) -> None:
        """Collect static files only when one is newer than the last collection: compressing them takes seconds."""
        stamp = settings.STATIC_ROOT / ".stamp"
        sources = [*(settings.BASE_DIR / "static").rglob("*"), settings.BASE_DIR / "requirements" / "demo.txt"]
        newest = max(path.stat().st_mtime for path in sources)
        if stamp.exists() and stamp.stat().st_mtime >= newest:
            return
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.touch()

    def _run(self) -> None:
        """Start the three processes and stay until one ends or a signal comes."""
        state = demonstration.state_folder()
        env = {**os.environ, "DATABASE_ROLE": "application"}
        port = demonstration.port()
        children = processes.portal(env, port=port, logs=state / "logs", state=state)
        try:
            for name in ("web", "worker", "beat"):
                children[name].log.unlink(missing_ok=True)
                children[name].start()
                processes.record(state / "children", children)
                if name == "web":  # first alone: three at once on a small machine keep people waiting
                    processes.wait_until_answers(children["web"], port)
            self._say(demonstration.welcome())
            while True:
                for child in children.values():
                    child.revive()
                processes.record(state / "children", children)
                time.sleep(0.5)
        finally:
            self._say("Stopping…")
            for child in children.values():
                child.stop()
            (state / "children").unlink(missing_ok=True)
