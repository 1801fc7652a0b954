"""Bring back the keys of sealed proposals after a wrapping key was lost."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management.base import BaseCommand, CommandError

from govtech import clock
from startups.actions import keys


class Command(BaseCommand):
    """Run it with the private half of the recovery key, by the people who keep it, and a new first SEALING_KEYS."""

    help = "Bring back, with the recovery key, the keys that nothing here opens, and wrap them with what is set now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file of the private key, and whether it has a passphrase."""
        parser.add_argument("private_key", help="PEM file of the recovery key's private half")
        parser.add_argument("--passphrase", action="store_true", help="ask for the file's passphrase")
        parser.add_argument(
            "--service-is-lost",
            action="store_true",
            help="also what the key service doesn't open: its key was deleted and won't come back",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Recover and say how many came back."""
        secret = getpass().encode() if options["passphrase"] else None
        try:
            private = serialization.load_pem_private_key(Path(options["private_key"]).read_bytes(), secret)
        except (OSError, ValueError, TypeError) as error:
            raise CommandError(f"The private key can't be read: {error}") from error
        if not isinstance(private, rsa.RSAPrivateKey):
            raise CommandError("The recovery key is an RSA key.")
        found = keys.recover(private, at=clock.now(), service_is_lost=options["service_is_lost"])
        self.stdout.write(f"{found.back} keys came back.")
        if found.waiting:
            self.stderr.write(
                f"{found.waiting} keys wait for the key service, which doesn't answer or refuses. If it is lost for "
                "good, see docs/operations.md, Keys."
            )
        if found.lost:
            self.stderr.write(f"{found.lost} keys can't be brought back: they weren't kept for this recovery key.")
        if found.lost or found.waiting:
            raise CommandError("Not every key came back.")
