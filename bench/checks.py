"""What isn't a ratio: memory after many requests, the pool after a restart of the database, plans among many rows."""

import json
from dataclasses import dataclass

from bench import client, processor
from bench.client import Request
from bench.stage import Server, Stage

MEMORY = 150 * 2**20  # bytes of the largest worker, at most
REQUESTS = 10_000
SEARCHES = ["", "page=40", "sort=newest", "sort=amount", "state=open", "q=servicio", "q=patinetes", "q=patinetess"]


@dataclass
class Check:
    """One sentence of the report, and whether it is as it should be."""

    what: str
    found: str
    is_met: bool


def memory(server: Server, requests: list[Request], *, count: int = REQUESTS) -> Check:
    """Ask so many times, for pages made anew and kept ones in turns; see what the largest worker holds."""
    done = client.run(client.Work(server.port, requests, seconds=3600, limit=count))
    held = processor.memory(server.pid)
    return Check(f"memory of a worker after {done.count} requests", f"{held / 2**20:.0f} MiB", held <= MEMORY)


def restart(stage: Stage, server: Server, requests: list[Request]) -> Check:
    """Restart the database under a server that has its connections open: each request after it is answered."""
    client.run(client.Work(server.port, requests, seconds=60, limit=len(requests) * 4))
    postgres = stage.servers.postgres
    assert postgres
    postgres.stop()
    postgres.start()
    done = client.run(client.Work(server.port, requests, seconds=60, limit=len(requests) * 25))
    return Check("answers after a restart of the database", str(done.answers), set(done.answers) == {"200"})


def plans(stage: Stage, database: str) -> Check:
    """Ask the database of many rows how it reads the catalogue: whether any plan scans the table of challenges."""
    found = json.loads(stage.command(database, "-m", "bench.plans", *SEARCHES).splitlines()[-1])
    scanned = [f"{query}: {statement[:120]}" for query, statement in found["scanned"]]
    told = "; ".join(scanned) or f"none of {found['asked']} statements"
    return Check("plans that scan the whole table", told, not scanned)


def told(checks: list[Check]) -> str:
    """Return them as a table."""
    lines = [f"| {each.what} | {each.found} | {'yes' if each.is_met else '**no**'} |" for each in checks]
    return "\n".join(["| Check | Found | met |", "|---|---|---|", *lines]) + "\n" if checks else ""


def all_of(stage: Stage, keeping: Server, large: str) -> list[Check]:
    """Make the checks; the restart of the database comes last."""
    anew = {"Authorization": "None"}
    mixed = [
        Request("/retos/?page={n}", headers=anew, first=1), Request("/retos/", headers=anew),
        Request("/en/challenges/?page={n}", headers=anew, first=1), Request("/retos/?q=servicio&page={n}", first=1),
        Request("/retos/"), Request("/pilotos/"), Request("/retos/reto-de-prueba-{n}/"), Request("/cuenta/login/"),
    ]  # fmt: skip
    again = [Request("/retos/", headers=anew)] * 4
    return [plans(stage, large), memory(keeping, mixed), restart(stage, keeping, again)]
