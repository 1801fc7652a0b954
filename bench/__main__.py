"""`make bench`: measure in turns, print the table, write it down. Exit code 0 unless something breaks."""

import argparse
import json
import os
import platform
import statistics
import sys
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import checks, client, data, processor
from bench.client import Request
from bench.stage import STATE, Form, Server, Stage, Visitor

UNIT = "bare view"
# Pages whose cost must not grow with the number of challenges: what, the search, how many times the cost at most.
SIZED: list[tuple[str, dict[str, str], float]] = [
    ("list, first page", {}, 1.2),
    ("list, page 40", {"page": "40"}, 1.2),
    ("list, newest first", {"sort": "newest"}, 1.2),
    ("list, open ones", {"state": "open"}, 1.2),
    ("search, a common word", {"q": data.COMMON}, 2.5),
    ("search, a rare word", {"q": data.RARE}, 2.5),
    ("search, a misspelt word", {"q": "patinetess"}, 2.5),
]


@dataclass
class Row:
    """One line of the table: what is asked of which server, and what it may cost.

    `most` is in units of the bare view, or, where `beside` names another row, in costs of that row. `least` is the
    req/s in parts of the bare view's.
    """

    name: str
    server: Server
    requests: Callable[[], list[Request]]
    least: float | None = None
    most: float | None = None
    beside: str = ""
    expected: tuple[str, ...] = ("200",)
    group: str = ""
    costs: list[float] = field(default_factory=list)  # processor seconds a request
    rates: list[float] = field(default_factory=list)  # requests a second
    size: int = 0
    per_unit: list[float] = field(default_factory=list)  # cost in units, of each round
    ratio: list[float] = field(default_factory=list)  # req/s in parts of the bare view's, of each round


def options() -> argparse.Namespace:
    """Read what to measure: from the command line, or from the variables that make passes on."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    env = os.environ.get
    parser.add_argument("--rows", type=int, default=int(env("ROWS") or 5_000), help="challenges in the large database")
    parser.add_argument("--small", type=int, default=int(env("SMALL") or 1_000), help="challenges in the small one")
    parser.add_argument("--seconds", type=float, default=float(env("SECONDS") or 1), help="for each row and round")
    parser.add_argument("--rounds", type=int, default=int(env("ROUNDS") or 3))
    parser.add_argument("--workers", type=int, default=int(env("WORKERS") or 2), help="processes of the web server")
    parser.add_argument("--connections", type=int, default=int(env("CONNECTIONS") or 8))
    parser.add_argument("--only", default=env("ONLY") or "", help="rows whose name holds this text")
    parser.add_argument(
        "--write", type=Path, default=Path(env("WRITE")) if env("WRITE") else None, help="a Markdown file"
    )
    return parser.parse_args()


def measure(stage: Stage, row: Row, seconds: float) -> None:
    """Ask one row's requests for some seconds; note cost and rate. Raises RuntimeError at an answer not expected."""
    requests = row.requests()
    before = stage.seconds(row.server)
    done = client.run(client.Work(row.server.port, requests, seconds))
    used = stage.seconds(row.server) - before
    if set(done.answers) - set(row.expected):
        raise RuntimeError(
            f"{row.name}: answers {done.answers}, expected {row.expected}. See {row.server.process.log}."
        )
    row.costs.append(used / done.count)
    row.rates.append(done.count / done.seconds)
    row.size = done.size // done.count


def rows_of(small: Server, small_bare: Server, cold: Server, large: Server, asked: argparse.Namespace) -> list[Row]:
    """Return what is measured. `small_bare` keeps no page and no counts; `cold` no pieces of pages either."""
    count, many, connections = asked.small, asked.rows, asked.connections
    # A challenge whose page has everything: open, with questions.
    slug = Visitor(small).links("/retos/", r"/retos/reto-de-prueba-\d+/")[0]
    delegate = Visitor(small_bare).sign_in(data.DELEGATE, data.PASSWORD)
    drafts = [path for path in delegate.links("/mis-retos/", r"/mis-retos/[a-z0-9]+/") if "nuev" not in path]
    problem = next(path for path in delegate.links(drafts[0], drafts[0] + "[a-z-]+/") if "problem" in path)
    step = problem.removeprefix(drafts[0])

    def same(path: str, **headers: str) -> Callable[[], list[Request]]:
        return lambda: [Request(path, headers=headers)] * connections

    def unchanged(path: str) -> Callable[[], list[Request]]:
        def make() -> list[Request]:
            with Visitor(small).opener.open(small.url + path) as answer:
                tag = answer.headers["ETag"]
            return [Request(path, headers={"If-None-Match": tag})] * connections

        return make

    def saves() -> list[Request]:
        """One draft a connection: the form as it stands now, sent again and again with the next version."""
        made = []
        for path in drafts[:connections]:
            fields = Form(delegate.get(path + step)).with_field("version")
            first = int(fields["version"] or 0)
            body = urllib.parse.urlencode({**fields, "stay": "1", "version": "VERSION"}).replace("VERSION", "{n}")
            headers = {"Cookie": delegate.cookies, "Referer": small_bare.url + path}
            made.append(Request(path + step, "POST", headers, body, first))
        return made

    def sized(server: Server) -> list[Row]:
        """What must not cost more among many: pages made anew each time; their counts are kept between changes."""
        size = many if server is large else count
        found = []
        own = Visitor(server).sign_in(data.COMPANY, data.PASSWORD)
        owned = min(size, data.PROPOSALS)
        found.append(Row(f"own proposals, 50 of {owned}", server, same("/propuestas/", Cookie=own.cookies), 0.03, 30))
        for what, query, most in SIZED:
            address = f"/retos/?{urllib.parse.urlencode(query)}" if query else "/retos/"
            beside = f"{what}, {count} challenges" if server is large else ""
            limit = most if server is large else 100 if "search" in what else None
            asks = same(address, Authorization="None")  # whoever says who they are is given no kept page
            found.append(Row(f"{what}, {size} challenges", server, asks, most=limit, beside=beside))
        return found

    return [
        Row("public page unchanged: list", small, same("/retos/"), 0.8, 1.3),
        Row("public page unchanged: challenge", small, same(slug), 0.8, 1.3),
        Row("public page unchanged: pilots", small, same("/pilotos/"), 0.8, 1.3),
        Row("conditional request: list", small, unchanged("/retos/"), 0.25, 4.5, expected=("304",)),
        Row("public list, made anew with kept counts", small, same("/retos/", Authorization="None"), 0.11, 10),
        Row("public list, nothing cached", small_bare, same("/retos/"), 0.11, 10),
        Row("public list, nothing cached, no pieces either", cold, same("/retos/")),
        Row("public challenge, nothing cached", small_bare, same(slug), 0.11, 10),
        Row("public challenge, nothing cached, no pieces either", cold, same(slug)),
        Row("form page, signed in", small_bare, same(problem, Cookie=delegate.cookies), 0.05, 20),
        Row("saving a section, signed in", small_bare, saves, 0.07, 18, expected=("302",)),
        *sized(small),
        *sized(large),
    ]


def table(rows: list[Row], bare: Row) -> list[dict[str, object]]:
    """Return the lines of the table, with what they may cost beside what they cost."""
    by_name = {row.name: row for row in rows}
    lines: list[dict[str, object]] = []
    for row in rows:
        cost = statistics.median(row.per_unit)
        times = cost / statistics.median(by_name[row.beside].per_unit) if row.beside in by_name else None
        judged = times if row.beside else cost
        lines.append({
            "work": row.name,
            "requests a second": round(statistics.median(row.rates), 1),
            "ratio": round(statistics.median(row.ratio), 3),
            "ratio at least": row.least,
            "x b": round(cost, 2),
            "times the small one": round(times, 2) if times else None,
            "at most": row.most,
            "met": None if row.most is None or judged is None else bool(judged <= row.most),
            "ms": round(statistics.median(row.costs) * 1000, 3),
            "bytes": row.size,
        })  # fmt: skip
    unit = {
        "work": UNIT, "requests a second": round(statistics.median(bare.rates), 1), "ratio": 1.0,
        "ratio at least": None, "x b": 1.0, "times the small one": None, "at most": None, "met": None,
        "ms": round(statistics.median(bare.costs) * 1000, 3), "bytes": bare.size,
    }  # fmt: skip
    return [unit, *lines]


def markdown(lines: list[dict[str, object]], about: dict[str, object]) -> str:
    """Return the table and what it was measured on."""
    head = "| Work | req/s | part of the bare view's | at least | x b | times the small one | at most | met | ms |"
    text = [head, "|---|---:|---:|---:|---:|---:|---:|---|---:|"]
    for line in lines:
        met = {True: "yes", False: "**no**", None: ""}[line["met"]]  # type: ignore[index]
        cells = [
            line["work"], line["requests a second"], line["ratio"], line["ratio at least"], line["x b"],
            line["times the small one"], line["at most"], met, line["ms"],
        ]  # fmt: skip
        text.append("| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |")
    text += ["", "Measured with: " + "; ".join(f"{name} {value}" for name, value in about.items()) + "."]
    return "\n".join(text) + "\n"


def about(stage: Stage, asked: argparse.Namespace) -> dict[str, object]:
    """Say what it was measured on, without naming the machine."""
    import django
    import gunicorn

    with stage.connect() as connection:
        postgres = connection.execute("SHOW server_version").fetchone()[0].split()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processors": os.cpu_count(),
        "memory": f"{memory:.0f} GiB",
        "Python": platform.python_version(),
        "Django": django.__version__,
        "gunicorn": gunicorn.__version__,
        "PostgreSQL": postgres,
        "workers": asked.workers,
        "connections": asked.connections,
        "challenges": f"{asked.small} and {asked.rows}",
        "seconds a row": f"{asked.rounds} x {asked.seconds:g}",
    }


def main() -> int:
    """Measure."""
    asked = options()
    stage = Stage(workers=asked.workers)
    with stage.running():
        small_name, large_name = stage.database(asked.small), stage.database(asked.rows)
        stage.collect_static(small_name)
        bare = Row(UNIT, stage.serve_bare(), lambda: [Request("/")] * asked.connections)
        keeping = stage.serve("keeping", small_name)
        small = stage.serve("small", small_name, PAGE_CACHE_SECONDS="0")
        cold = stage.serve("cold", small_name, PAGE_CACHE_SECONDS="0", FRAGMENT_BYTES="0")
        large = stage.serve("large", large_name, REDIS_URL=stage.second.redis_url)
        rows = rows_of(keeping, small, cold, large, asked)
        rows = [row for row in rows if asked.only in row.name]
        for row in [bare, *rows]:  # what is loaded on first use isn't measured
            measure(stage, row, min(asked.seconds, 1))
            row.costs, row.rates = [], []
        for _round in range(asked.rounds):
            for row in rows:
                measure(stage, bare, min(asked.seconds, 1))
                measure(stage, row, asked.seconds)
                row.per_unit.append(row.costs[-1] / bare.costs[-1])
                row.ratio.append(row.rates[-1] / bare.rates[-1])
                print(f"{row.name}: {row.per_unit[-1]:.2f} x b, {row.ratio[-1]:.3f}", file=sys.stderr)
        lines, told = table(rows, bare), about(stage, asked)
        told["largest worker"] = (
            f"{max(processor.memory(server.pid) for server in (keeping, small, large)) / 2**20:.0f} MiB"
        )
        found = [] if asked.only and asked.only != "checks" else checks.all_of(stage, keeping, large_name)
    text = markdown(lines, told) + (f"\n{checks.told(found)}" if found else "")
    print("\n" + text)
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / "bench.json").write_text(json.dumps({"about": told, "rows": lines}, indent=1, default=str))
    (STATE / "bench.md").write_text(text)
    if asked.write:
        asked.write.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
