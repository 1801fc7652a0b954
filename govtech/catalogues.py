"""Message catalogues without GNU gettext: collect the texts of the sources, compare, compile.

Texts of `challenges`, `startups` and `pilots` (their modules and `templates/<app>/`) go to that app's own catalogue,
everything else to `locale/`. Works on files only: no app is loaded and no database is needed.
"""

import ast
import os
import re
import string
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation import templatize

LANGUAGE = "es"
APPS = ("challenges", "startups", "pilots")
ROOT = "govtech"  # the label of the catalogue that holds all the rest
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml", ".json", ".typ", ".svg"}
HEADER = {
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
# Function: positions of context, text and plural among its arguments.
FUNCTIONS = {
    **dict.fromkeys(["_", "_lazy", "gettext", "gettext_lazy", "gettext_noop"], (None, 0, None)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (None, 0, 1)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], (0, 1, None)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], (0, 1, 2)),
}
CALL = re.compile(r"(?<![\w.])(?:_|n?gettext|n?pgettext)\(")
PERCENT = re.compile(r"%(?:\((\w+)\))?[sd]")
BRACE = re.compile(r"\{(\w[\w.]*)(?:![rsa])?(?::[^{}]*)?\}")


class SourceError(ValueError):
    """A source file that can't be read, or a text that could never be translated."""


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate."""

    msgid: str
    context: str = ""
    plural: str = ""


def path_of(base: Path, label: str) -> Path:
    """Return the catalogue of an app, or of all the rest for `ROOT`."""
    folder = base / "locale" if label == ROOT else base / label / "locale"
    return folder / LANGUAGE / "LC_MESSAGES" / "django.po"


def collect(base: Path, label: str) -> set[Text]:
    """Return every text of the sources that belong to the catalogue `label`.

    Raises SourceError naming the file and the line.
    """
    found: set[Text] = set()
    for path in _sources(base, label):
        source = path.read_text(encoding="utf-8")
        texts = _of_module(source, path) if path.suffix == ".py" else _of_template(source, path)
        found.update(texts)
    return found


def merge(base: Path, label: str) -> polib.POFile:
    """Return the catalogue `label` brought up to date: old translations kept, texts gone from the sources dropped.

    A text that another of our catalogues translates takes that translation.
    """
    path = path_of(base, label)
    old = {(entry.msgid, entry.msgctxt or ""): entry for entry in _read(path)}
    elsewhere = {
        (entry.msgid, entry.msgctxt or ""): entry.msgstr
        for other in (ROOT, *APPS)
        if other != label
        for entry in _read(path_of(base, other))
        if entry.translated() and not entry.msgid_plural
    }
    catalogue = polib.POFile(wrapwidth=-1)
    catalogue.metadata = dict(HEADER)
    for text in sorted(_with_plurals(collect(base, label))):
        key = (text.msgid, text.context)
        entry = polib.POEntry(msgid=text.msgid, msgctxt=text.context or None, msgid_plural=text.plural)
        before = old.get(key)
        if text.plural:
            entry.msgstr_plural = dict(before.msgstr_plural) if before and before.msgid_plural else {0: "", 1: ""}
        else:
            entry.msgstr = before.msgstr if before and before.msgstr else elsewhere.get(key, "")
        if before:
            entry.tcomment = before.tcomment
        entry.flags = ["fuzzy"] if before and "fuzzy" in before.flags else []
        if PERCENT.search(text.msgid + text.plural):
            entry.flags.append("python-format")
        catalogue.append(entry)
    return catalogue


def write(base: Path, label: str, catalogue: polib.POFile) -> bool:
    """Save a catalogue, if it differs from the one on disk. Tell whether it did."""
    path = path_of(base, label)
    text = str(catalogue).rstrip("\n") + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def problems(base: Path, label: str) -> Iterator[str]:
    """Yield a sentence for each text that is missing, untranslated, doubtful or translated with other placeholders."""
    entries = {(entry.msgid, entry.msgctxt or ""): entry for entry in _read(path_of(base, label))}
    for text in sorted(_with_plurals(collect(base, label))):
        entry = entries.get((text.msgid, text.context))
        if entry is None:
            yield f"{label}: not in the catalogue: {text.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"{label}: fuzzy: {text.msgid!r}"
        elif not (all(entry.msgstr_plural.values()) if text.plural else entry.msgstr):
            yield f"{label}: not translated: {text.msgid!r}"
        elif (text.plural or "") != (entry.msgid_plural or ""):
            yield f"{label}: other plural in the catalogue: {text.msgid!r}"
        else:
            yield from (f"{label}: {reason}: {text.msgid!r}" for reason in _misfits(text, entry))


def clashes(base: Path) -> Iterator[str]:
    """Yield a sentence for each text that two catalogues translate differently: a page shows the first app's words."""
    found: dict[tuple[str, str], dict[tuple[str, ...], list[str]]] = {}
    for label in (ROOT, *APPS):
        for entry in _read(path_of(base, label)):
            words = tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
            labels = found.setdefault((entry.msgid, entry.msgctxt or ""), {}).setdefault(words, [])
            labels.append(label)
    for (msgid, _context), ways in found.items():
        if len(ways) > 1:
            said = "; ".join(f"{' and '.join(labels)}: {' / '.join(words)!r}" for words, labels in ways.items())
            yield f"{msgid!r} is translated in two ways (agree, or give one a context): {said}"


def compile_all(base: Path) -> list[Path]:
    """Compile every catalogue that is newer than its result; return what was written."""
    written = []
    for source in sorted([*base.glob("locale/*/LC_MESSAGES/*.po"), *base.glob("*/locale/*/LC_MESSAGES/*.po")]):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        content = polib.pofile(str(source)).to_binary()
        handle, unfinished = tempfile.mkstemp(dir=target.parent, suffix=".mo.tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(unfinished).chmod(0o644)
            Path(unfinished).replace(target)  # at once: another process may be reading
        finally:
            Path(unfinished).unlink(missing_ok=True)
        written.append(target)
    return written


def _sources(base: Path, label: str) -> Iterator[Path]:
    """Yield the modules and templates that belong to a catalogue."""
    modules = base / label
    yield from (path for path in sorted(modules.rglob("*.py")) if "migrations" not in path.relative_to(base).parts)
    templates = base / "templates"
    if label != ROOT:
        folders = [templates / label]
    else:
        folders = [path for path in sorted(templates.glob("*")) if path.name not in APPS]
    for folder in folders:
        paths = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        yield from (path for path in paths if path.suffix in TEMPLATE_SUFFIXES and path.is_file())


def _of_module(source: str, path: Path) -> Iterator[Text]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise SourceError(f"{path}:{error.lineno}: {error.msg}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (text := _text_of_call(node, path, node.lineno)):
            yield text


def _of_template(source: str, path: Path) -> Iterator[Text]:
    try:
        code = templatize(source, origin=str(path))
    except SyntaxError as error:
        raise SourceError(str(error)) from error
    for match in CALL.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        call = _parse_call(code, match.start())
        if call is None:
            raise SourceError(f"{path}:{line}: this text can't be read: {code[match.start() : match.start() + 60]!r}")
        if text := _text_of_call(call, path, line):
            yield text


def _parse_call(code: str, start: int) -> ast.Call | None:
    """Parse the call that begins at `start`, trying each closing bracket until it makes sense."""
    end = start
    while (end := code.find(")", end) + 1) > 0:
        try:
            node = ast.parse(code[start:end], mode="eval").body
        except SyntaxError:
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def _text_of_call(node: ast.Call, path: Path, line: int) -> Text | None:
    """Return the text of a call of gettext; None when it is another function, or translates a variable."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name not in FUNCTIONS or (name == "_" and not isinstance(node.func, ast.Name)):
        return None
    context, text, plural = ("" if at is None else _constant(node, at, path, line) for at in FUNCTIONS[name])
    return Text(text, context or "", plural or "") if text else None


def _constant(node: ast.Call, position: int, path: Path, line: int) -> str | None:
    argument = node.args[position] if position < len(node.args) else None
    if isinstance(argument, ast.JoinedStr):
        raise SourceError(f"{path}:{line}: an f-string is never translated; format after gettext.")
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _with_plurals(texts: set[Text]) -> set[Text]:
    """Let a text that is used with and without a plural be one entry, with it."""
    plurals = {(text.msgid, text.context) for text in texts if text.plural}
    return {text for text in texts if text.plural or (text.msgid, text.context) not in plurals}


def _misfits(text: Text, entry: polib.POEntry) -> Iterator[str]:
    """Yield what makes a translation unusable: other placeholders, or a format that fails."""
    pairs = [(text.msgid, entry.msgstr)]
    if text.plural:
        pairs = [(text.plural, translation) for translation in entry.msgstr_plural.values()]
    for number, (source, translation) in enumerate(pairs):
        wanted, used = _placeholders(source), _placeholders(translation)
        one = text.plural and number == 0  # "one answer" needs no number
        if not (used <= wanted if one else used == wanted):
            yield f"placeholders {sorted(used)} instead of {sorted(wanted)}"
        elif PERCENT.search(source):
            try:
                translation % (defaultdict(int) if "%(" in source else tuple([0] * source.count("%")))
            except (ValueError, TypeError) as error:
                yield f"the translation can't be formatted ({error})"
        if not text.plural and source.startswith("\n") != translation.startswith("\n"):
            yield "one begins with a new line, the other does not"


def _placeholders(text: str) -> set[str]:
    names = {match.group(0) for match in PERCENT.finditer(text.replace("%%", ""))}
    try:
        names |= {"{" + field + "}" for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError:  # a lone brace: the text is not a format
        names |= {"{" + match.group(1) + "}" for match in BRACE.finditer(text)}
    return names


def _read(path: Path) -> polib.POFile | list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []
