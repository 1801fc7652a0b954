"""Export every challenge in bulk as somebody would: how long it takes, and the memory of the web server meanwhile.

python -m bench.export [rows]
"""

import sys
import time
import urllib.request

from bench.processor import peak
from bench.stage import Stage

PATHS = ("/datos/ocds/releases.jsonl", "/datos/ocds/records.jsonl")


def main(rows: int) -> int:
    """Print a line for each export."""
    stage = Stage(workers=1)
    with stage.running():
        name = stage.database(rows)
        stage.collect_static(name)
        for path in PATHS:
            server = stage.serve(f"export {path}", name)
            began, size, lines = time.monotonic(), 0, 0
            with urllib.request.urlopen(f"{server.url}{path}", timeout=600) as answer:
                while piece := answer.read(1 << 20):
                    size, lines = size + len(piece), lines + piece.count(b"\n")
            took = time.monotonic() - began
            most = peak(server.pid) / 2**20
            print(f"{path}: {lines} lines, {size / 2**20:.0f} MiB in {took:.1f} s, worker at most {most:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
