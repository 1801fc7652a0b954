"""What a file handed in must be: a kind we accept, by its content and structure, not by its name alone.

Each check raises `DomainError` beside the field `file`, saying what is wrong and what to do.
"""

import codecs
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import BinaryIO

import filetype
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from govtech.errors import DomainError
from govtech.files import pdf_content
from govtech.files import video as videos

MEGABYTE = 1_000_000
MAX_BYTES = 20 * MEGABYTE
MAX_VIDEO_BYTES = 300 * MEGABYTE
VIDEOS = {"mp4": videos.MP4, "m4v": videos.MP4, "webm": videos.WEBM}
MAX_NAME = 120
MAX_PIXELS = 60_000_000
MAX_MEMBERS = 3_000
MAX_UNPACKED = 250 * MEGABYTE  # with all that is in the documents inside
MAX_RATIO = 150  # of a member, or a whole, over 5 MB: honest XML stays far below
LARGE = 5 * MEGABYTE
MAX_INSIDE = 50  # documents put into one
BLOCK = 64 * 1024
HEAD = 8 * 1024  # what tells a kind of file from another

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "odt": OPEN_DOCUMENT + "text",
    "ods": OPEN_DOCUMENT + "spreadsheet",
    "odp": OPEN_DOCUMENT + "presentation",
    "csv": "text/csv",
    "txt": "text/plain",
}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
PROGRAMS = re.compile(
    r"\.(exe|dll|com|scr|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|sh|lnk|docm|dotm|xlsm|xltm|xlsb|xlam|pptm|potm|ppsm|ppam)$"
)
ARCHIVES = re.compile(r"\.(zip|7z|rar|gz|tgz|bz2|xz|tar|iso|cab|arj|lzh)$")
MACROS = re.compile(r"(^|/)(vbaproject[^/]*\.bin|vbadata\.xml)$|^(basic|scripts)/")
OBJECTS = re.compile(r"(^|/)(oleobject[^/]*\.bin|activex[^/]*\.(bin|xml))$|^object [^/]*$")
EMBEDDED_OFFICE = re.compile(r"\.(docx|xlsx|pptx)$")
DISGUISED = re.compile(r"\.(exe|dll|scr|msi|bat|cmd|ps1|vbs|vbe|hta|lnk|php|phtml|html?|svg)\.", re.IGNORECASE)
FOREIGN = re.compile(rb"<script|<\?php|<html|<!doctype|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c", re.IGNORECASE)
LONGEST_FOREIGN = 9


def clean_name(name: str) -> str:
    """Return the last part of a file's name without what could deceive a reader or a system.

    Drops folders, control and invisible characters (those that turn the reading direction too); at most 120
    characters, keeping the extension.

    >>> clean_name("../../etc/Informe final.pdf")
    'Informe final.pdf'
    >>> clean_name("C:\\\\docs\\\\plan.docx")
    'plan.docx'
    """
    name = PureWindowsPath(PurePosixPath(name).name).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    return (stem[: MAX_NAME - len(extension) - 1] + dot + extension)[:MAX_NAME]


def check_upload(name: str, size: int) -> str:
    """Return the extension of an acceptable name, in lower case. Looks at name and size before the content."""
    name = clean_name(name)
    if size > MAX_BYTES:
        raise _refusal(
            _("This file has %(size)s MB and the limit is %(limit)s MB. Reduce it, or split it in two.")
            % {"size": f"{size / MEGABYTE:.1f}", "limit": MAX_BYTES // MEGABYTE}
        )
    if size == 0:
        raise _refusal(_("This file is empty. Choose it again, or save it again first."))
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in CONTENT_TYPES:
        raise _refusal(
            _(
                "Files of this kind aren't accepted. "
                "Use PDF, Word, Excel, PowerPoint, LibreOffice, PNG, JPG, CSV or TXT."
            )
        )
    if DISGUISED.search(name):
        raise _refusal(_("The name of this file has two endings, as programs in disguise do. Give it another name."))
    return extension


def check_video(source: BinaryIO, name: str, size: int) -> videos.Facts:
    """Return what a video is, by its content, which must be what its name says. Read in place."""
    if size > MAX_VIDEO_BYTES:
        raise _refusal(
            _("This video has %(size)s MB and the limit is %(limit)s MB. Save it with less resolution, or shorter.")
            % {"size": f"{size / MEGABYTE:.1f}", "limit": MAX_VIDEO_BYTES // MEGABYTE}
        )
    if size == 0:
        raise _refusal(_("This file is empty. Choose it again, or save it again first."))
    extension = clean_name(name).rpartition(".")[2].lower()
    if extension not in VIDEOS:
        raise _refusal(_("Videos are accepted as MP4 or WebM."))
    if source.seek(0, io.SEEK_END) != size:
        raise _damaged()
    try:
        facts = videos.facts_of(source)
    except videos.NotAVideoError as error:
        raise _not_what_it_says() from error
    except videos.UnplayableError as error:
        raise _refusal(
            _("Not all browsers play this video. Save it as MP4 (H.264) or WebM (VP9), whole, with its length in it.")
        ) from error
    if facts.content_type != VIDEOS[extension]:
        raise _not_what_it_says()
    return facts


def check_content(content: bytes | BinaryIO, extension: str, *, size: int | None = None) -> str:
    """Return the content type of a file, which must be what its extension says, and `size` bytes long if given.

    It is read in place, never whole in memory.
    """
    source: BinaryIO = io.BytesIO(content) if isinstance(content, bytes) else content
    if size is not None and source.seek(0, io.SEEK_END) != size:
        raise _damaged()
    if extension == "pdf":
        _check_pdf(source)
    elif extension in ("png", "jpg", "jpeg"):
        _check_image(source, "PNG" if extension == "png" else "JPEG")
    elif extension in ("csv", "txt"):
        _check_text(source)
    else:
        _check_package(source, extension)
    return CONTENT_TYPES[extension]


def _head(source: BinaryIO) -> bytes:
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    return head


def _check_is_one(source: BinaryIO, *, picture: bool = False) -> None:
    """Refuse a file that is another one, too: a picture or PDF with an archive, a page or a program at its end."""
    if zipfile.is_zipfile(source):
        raise _not_what_it_says()
    if not picture:
        return
    if b"%PDF-" in _head(source):
        raise _not_what_it_says()
    rest = b""
    while block := source.read(BLOCK):
        if FOREIGN.search(rest + block):
            raise _not_what_it_says()
        rest = block[-LONGEST_FOREIGN:]


def _refusal(message: str) -> DomainError:
    return DomainError(message, field="file")


def _not_what_it_says() -> DomainError:
    return _refusal(_("The content of this file isn't what its name says. Save it again in the right format."))


def _damaged() -> DomainError:
    return _refusal(_("This file is damaged or incomplete: it can't be opened. Save it again and choose it anew."))


def _protected() -> DomainError:
    return _refusal(_("This file is protected by a password. Save it without one: nobody else could open it."))


def _active() -> DomainError:
    return _refusal(
        _("This file contains macros, programs or other files inside. Save it without them, or print it to PDF.")
    )


def _too_much() -> DomainError:
    return _refusal(_("This file unpacks to far more than it should. Save it again, or print it to PDF."))


def _too_many_pixels() -> DomainError:
    return _refusal(
        _("This image has more than %(limit)s million pixels. Make it smaller.") % {"limit": MAX_PIXELS // 1_000_000}
    )


def _check_pdf(source: BinaryIO) -> None:
    if not _head(source).startswith(b"%PDF-"):
        raise _not_what_it_says()
    _check_is_one(source)
    refusals = {
        pdf_content.DAMAGED: _damaged,
        pdf_content.PROTECTED: _protected,
        pdf_content.ACTIVE: _active,
        pdf_content.TOO_MUCH: _too_much,
    }
    refusal = refusals.get(pdf_content.verdict_on(source))
    if refusal:
        raise refusal()


def _check_image(source: BinaryIO, kind: str) -> None:
    guess = filetype.guess(_head(source))
    if guess is None or guess.mime != f"image/{kind.lower()}":
        raise _not_what_it_says()
    _check_is_one(source, picture=True)
    source.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source, formats=[kind]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_many_pixels()
                image.verify()
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _damaged() from error


def _check_text(source: BinaryIO) -> None:
    """Accept text in UTF-8 or Windows-1252; nothing that another program would take for something else."""
    head = _head(source)
    if filetype.guess(head) is not None or head.startswith((b"%PDF-", b"PK\x03\x04", b"MZ", b"\x7fELF")):
        raise _not_what_it_says()
    if zipfile.is_zipfile(source) or not any(_reads_as(source, encoding) for encoding in ("utf-8", "cp1252")):
        raise _not_what_it_says()


def _reads_as(source: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    source.seek(0)
    try:
        while block := source.read(BLOCK):
            if re.search(rb"[\x00-\x08\x0e-\x1f]", block):
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@dataclass
class _Budget:
    """What a file may still unpack to, in bytes and documents. One for a document and all those inside it."""

    size: int
    unpacked: int = 0
    documents: int = 0

    def spend(self, size: int) -> None:
        """Take what a document says it unpacks to. It can't unpack to more: reading stops there."""
        self.unpacked += size
        self.documents += 1
        if self.unpacked > MAX_UNPACKED or self.documents > MAX_INSIDE + 1:
            raise _too_much()
        if self.unpacked > LARGE and self.unpacked > MAX_RATIO * self.size:
            raise _too_much()


def _check_package(source: BinaryIO, extension: str, budget: _Budget | None = None) -> None:
    """Check a document that is a ZIP of parts, Office Open XML or OpenDocument; with a budget, one inside another."""
    head = _head(source)
    if head[:4] == b"\xd0\xcf\x11\xe0":  # how Office saves a protected document; also its old formats
        raise _protected()
    if not head.startswith(b"PK\x03\x04") or b"%PDF-" in head:
        raise _not_what_it_says()
    inside = budget is not None
    budget = budget or _Budget(source.seek(0, io.SEEK_END))
    try:
        with zipfile.ZipFile(source) as package:
            _check_parts(package, extension, budget, inside=inside)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise _damaged() from error


def _check_parts(package: zipfile.ZipFile, extension: str, budget: _Budget, *, inside: bool) -> None:
    """Check the parts of a document, and the documents put inside it: a table in a report, one level deep."""
    _check_members(package.infolist(), budget)
    names = set(package.namelist())
    if extension in MAIN_PARTS:
        _check_office(package, names, extension)
    else:
        _check_open_document(package, names, extension)
    if package.testzip() is not None:
        raise _damaged()
    for name in sorted(names):
        document = EMBEDDED_OFFICE.search(name.lower())
        if document and inside:
            raise _active()
        if document and package.getinfo(name).file_size > MAX_BYTES:
            raise _too_much()
        if document:
            _check_package(io.BytesIO(package.read(name)), document.group(1), budget)


def _check_members(members: list[zipfile.ZipInfo], budget: _Budget) -> None:
    """Refuse a bomb before unpacking anything, and parts that don't belong in a document."""
    if len(members) > MAX_MEMBERS:
        raise _too_much()
    budget.spend(sum(member.file_size for member in members))
    for member in members:
        if member.file_size > LARGE and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise _too_much()
        if member.flag_bits & 0x1:
            raise _protected()
        name = member.filename.lower()
        if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            raise _damaged()
        if any(pattern.search(name) for pattern in (MACROS, OBJECTS, PROGRAMS, ARCHIVES)):
            raise _active()


def _check_office(package: zipfile.ZipFile, names: set[str], extension: str) -> None:
    if "[Content_Types].xml" not in names or MAIN_PARTS[extension] not in names:
        raise _not_what_it_says()
    with package.open("[Content_Types].xml") as part:
        if b"macroenabled" in part.read(MEGABYTE).lower():
            raise _active()


def _check_open_document(package: zipfile.ZipFile, names: set[str], extension: str) -> None:
    if "mimetype" not in names or "META-INF/manifest.xml" not in names:
        raise _not_what_it_says()
    with package.open("mimetype") as part:
        if part.read(200).decode("ascii", "replace").strip() != CONTENT_TYPES[extension]:
            raise _not_what_it_says()
    with package.open("META-INF/manifest.xml") as part:
        if b"encryption-data" in part.read(MEGABYTE):
            raise _protected()
