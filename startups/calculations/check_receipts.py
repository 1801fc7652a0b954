#!/usr/bin/env python3
"""Comprueba, sin conexión y sin nada instalado, la cadena de justificantes descargada del portal.

Checks a downloaded chain of receipts, offline, with nothing but Python 3.9 or later.

    python3 check_receipts.py cadena.json
    python3 check_receipts.py cadena.json --heads cabezas-guardadas.json
    python3 check_receipts.py cadena.json --receipt REG-2026-000123.json --file memoria.pdf

`--heads` takes the heads that you kept on an earlier day (the file of the same page, or an older download of the
chain): what was rewritten, dropped or backdated since then shows. `--receipt` checks a receipt, with all that was
handed in where the file has it (what it says is `withheld` names somebody whose account was erased); `--file`, a file
of that receipt. `--en` speaks English.
Exit: 0 whole, 1 not, 2 can't be read.
"""

import argparse
import hashlib
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Collection, Iterator  # noqa: UP035 - runs on old Pythons too

SAID = {
    "order": ("en la posición {0} está el eslabón {1}: falta o sobra alguno",
              "link {1} stands at place {0}: one is missing or too many"),
    "altered": ("el eslabón {0} ({1}) no es lo que se encadenó", "link {0} ({1}) isn't what was chained"),
    "numbers": ("después de {0} viene {1}: los números no son seguidos",
                "{1} follows {0}: numbers have a gap or repeat"),
    "dropped": ("la cabeza del {0} llega hasta el eslabón {1} y la cadena acaba en {2}: se han quitado justificantes",
                "the head of {0} reaches link {1} but the chain ends at {2}: receipts were dropped"),
    "rewritten": ("la cabeza publicada del {0} no es la de esta cadena: se ha reescrito",
                  "the head published for {0} isn't that of this chain: it was rewritten"),
    "backdated": ("{0} dice una hora anterior a la cabeza del {1}, que ya estaba publicada sin él: está antedatado",
                  "{0} claims a time before the head of {1}, which was published without it: it is backdated"),
    "heads": ("las cabezas del {0} y del {1} no van seguidas", "the heads of {0} and {1} don't follow each other"),
    "unknown": ("{0} no está en esta cadena. Si es de hoy, descarga la de mañana",
                "{0} isn't in this chain. If it is of today, download tomorrow's"),
    "other": ("la cadena dice de {0} otra cosa que el justificante: {1}",
              "the chain says something else of {0}: {1}"),
    "manifest": ("el manifiesto de {0} no da el hash del justificante",
                 "the manifest of {0} doesn't give the receipt's hash"),
    "content": ("lo presentado en {0} no es lo que dice su manifiesto: {1}",
                "what was handed in with {0} isn't what its manifest says: {1}"),
    "file": ("{0} no es ningún fichero de {1}", "{0} is no file of {1}"),
    "whole": ("Cadena íntegra: {0} justificantes, {1} cabezas publicadas.",
              "The chain is whole: {0} receipts, {1} heads."),
    "receipt": ("Justificante {0}: recibido el {1}, íntegro y en la cadena.",
                "Receipt {0}: received {1}, whole, in the chain."),
    "is_file": ("{0}: es un fichero de {1}.", "{0}: it is a file of {1}."),
    "broken": ("NO COINCIDE: {0}", "IT DOESN'T MATCH: {0}"),
    "unreadable": ("No se puede leer: {0}", "It can't be read: {0}"),
}  # fmt: skip
COVERED = ("code_hash", "received_at", "manifest_hash", "register_number")  # in the order in which they are hashed
Problem = tuple[str, tuple[Any, ...]]


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link_hash(previous: str, receipt: dict[str, Any]) -> str:
    """Return the hash of a link: of the hash before it, and of what it covers written as PostgreSQL writes JSON."""
    covered = ", ".join(f"{json.dumps(key)}: {json.dumps(receipt[key], ensure_ascii=False)}" for key in COVERED)
    return sha256((previous + "{" + covered + "}").encode())


def problems_of_links(receipts: list[dict[str, Any]]) -> Iterator[Problem]:
    """Yield what is wrong with order, hashes and numbers."""
    previous, before = "", None
    for place, receipt in enumerate(receipts, start=1):
        if receipt["seq"] != place:
            yield "order", (place, receipt["seq"])
            return
        if receipt["hash"] != link_hash(previous, receipt):
            yield "altered", (place, receipt["register_number"])
            return
        _register, year, number = receipt["register_number"].split("-")
        if before is not None and (year, int(number)) != ((year, 1) if year != before[0] else (year, before[1] + 1)):
            yield "numbers", (f"{before[0]}-{before[1]:06d}", f"{year}-{number}")
        previous, before = receipt["hash"], (year, int(number))


def problems_of_heads(receipts: list[dict[str, Any]], heads: list[dict[str, Any]]) -> Iterator[Problem]:
    """Yield what contradicts a published head: dropped, rewritten or backdated receipts."""
    heads = sorted(heads, key=lambda head: head["day"])
    for before, head in zip([None, *heads], heads):  # noqa: B905 - runs on old Pythons too
        if before and (before["seq"] > head["seq"] or before["until"] >= head["until"]):
            yield "heads", (before["day"], head["day"])
        if head["seq"] > len(receipts):
            yield "dropped", (head["day"], head["seq"], len(receipts))
        elif receipts[head["seq"] - 1]["hash"] != head["hash"]:
            yield "rewritten", (head["day"],)
    yield from backdated(receipts, heads)


def backdated(receipts: list[dict[str, Any]], heads: list[dict[str, Any]]) -> Iterator[Problem]:
    """Yield the receipts that say that they are older than a head that was published without them."""
    covered = 0
    for head in reversed(heads):  # each link is compared with the last head before it
        until = datetime.fromisoformat(head["until"])
        for receipt in receipts[head["seq"] : covered or None]:
            if moment(receipt) < until:
                yield "backdated", (receipt["register_number"], head["day"])
        covered = head["seq"]


def moment(receipt: dict[str, Any]) -> datetime:
    """Return when a receipt says that it was given."""
    text = receipt["received_at"]
    head, dot, rest = text.partition(".")
    if dot:  # old Pythons read three or six decimals only
        decimals, offset = rest[: rest.index("+")], rest[rest.index("+") :]
        text = f"{head}.{decimals:0<6}{offset}"
    return datetime.fromisoformat(text)


def problems_of_receipt(receipt: dict[str, Any], receipts: list[dict[str, Any]]) -> Iterator[Problem]:
    """Yield what is wrong with a receipt and with what was handed in, where its file has it."""
    number = receipt["register_number"]
    found = next((row for row in receipts if row["register_number"] == number), None)
    if found is None:
        yield "unknown", (number,)
        return
    said = {**receipt, "code_hash": sha256(receipt["code"].encode())}
    different = [key for key in COVERED if said[key] != found[key]]
    if different:
        yield "other", (number, ", ".join(different))
    manifest = receipt["manifest"]
    if sha256(canonical(manifest)) != receipt["manifest_hash"]:
        yield "manifest", (number,)
    for envelope, content in receipt.get("contents", {}).items():
        for part in different_parts(manifest, envelope, content, set(receipt.get("withheld", []))):
            yield "content", (number, part)


def different_parts(
    manifest: dict[str, Any], envelope: str, content: dict[str, Any], withheld: Collection[str] = ()
) -> Iterator[str]:
    """Yield the envelope, and its answers, that aren't what the manifest says.

    Of parts that the portal withholds (they name somebody whose account was erased) nothing can be said, nor of the
    whole that held them: every other part is checked by itself.
    """
    left_out = {key for key in withheld if key not in content}
    is_partial = bool(left_out) and envelope == "technical"
    if not is_partial and sha256(canonical(content)) != manifest[envelope]:
        yield envelope
    said = {**content, **content.get("sections", {})}
    files = content.get("files", [])
    said["confidential"] = {row["attachment"]: row["confidential"] for row in files if row.get("confidential")}
    for row in manifest["answers"]:
        if row["envelope"] != envelope or (is_partial and row["key"] in left_out):
            continue
        told = canonical([content["salt"], row["key"], said.get(row["key"])])
        if sha256(told) != row["sha256"]:
            yield row["key"]


def read(path: str) -> dict[str, Any]:
    """Return what a JSON file holds."""
    content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return content


def examine(options: argparse.Namespace) -> Iterator[Problem]:
    """Yield all problems; the last things yielded are what is in order."""
    chain = read(options.chain)
    receipts = chain["receipts"]
    heads = chain["heads"] + [head for path in options.heads for head in read(path)["heads"]]
    unique = {(head["day"], head["seq"], head["hash"]): head for head in heads}
    found = list(problems_of_links(receipts)) + list(problems_of_heads(receipts, list(unique.values())))
    yield from found
    if not found:
        yield "whole", (len(receipts), len({head["day"] for head in heads}))
    if options.receipt:
        receipt = read(options.receipt)
        wrong = list(problems_of_receipt(receipt, receipts))
        yield from wrong
        if not wrong and not found:
            yield "receipt", (receipt["register_number"], receipt["received_at"])
        known = {row["sha256"] for row in receipt["manifest"]["files"]}
        for path in options.file:
            is_known = sha256(Path(path).read_bytes()) in known
            yield "is_file" if is_known else "file", (path, receipt["register_number"])


def main(arguments: list[str]) -> int:
    """Examine what the arguments name, say what was found, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chain", metavar="cadena.json")
    parser.add_argument("--heads", action="append", default=[], metavar="cabezas.json")
    parser.add_argument("--receipt", metavar="justificante.json")
    parser.add_argument("--file", action="append", default=[], metavar="fichero")
    parser.add_argument("--en", action="store_true")
    options = parser.parse_args(arguments)

    def say(kind: str, *details: Any) -> str:
        return SAID[kind][options.en].format(*details)

    status = 0
    try:
        for kind, details in examine(options):
            text = say(kind, *details)
            if kind not in ("whole", "receipt", "is_file"):
                status, text = 1, say("broken", text)
            sys.stdout.write(text + "\n")
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        sys.stderr.write(say("unreadable", repr(error)) + "\n")
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
