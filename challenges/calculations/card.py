"""The picture that stands for a challenge where its address is shared: 1200 by 630 pixels, PNG."""

import hashlib
import io
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

LAYOUT = 1  # another number makes every card anew
WIDTH, HEIGHT, MARGIN = 1200, 630, 72
INK, SOFT, MIST = "#121826", "#4a5568", "#f5f7fb"
SIZES = (76, 66, 58, 50, 44)  # of the title, the largest that fits
MOST_LINES = {76: 3, 66: 4, 58: 4, 50: 5, 44: 6}


def version(*parts: object) -> str:
    """Return a word that changes with what the card shows."""
    return hashlib.sha256("\n".join(map(str, (LAYOUT, *parts))).encode()).hexdigest()[:12]


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return the text in lines that fit; a word wider than the card is cut where it must be."""
    lines = [""]
    for word in text.split():
        wider = f"{lines[-1]} {word}".strip()
        if font.getlength(wider) <= width:
            lines[-1] = wider
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def render(*, title: str, eyebrow: str, foot: str, name: str, colour: str) -> bytes:
    """Return the card as PNG. `eyebrow` stands over the title, `foot` at the bottom, `name` is the programme's."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 18), fill=colour)
    draw.rectangle((0, HEIGHT - 118, WIDTH, HEIGHT), fill=MIST)
    first, _space, last = name.rpartition(" ")
    mark = _font("Bold", 40)
    draw.text((MARGIN, 62), f"{first} " if first else "", font=mark, fill=INK)
    draw.text((MARGIN + (mark.getlength(f"{first} ") if first else 0), 62), last, font=mark, fill=colour)
    draw.text((MARGIN, 138), _cut(eyebrow, _font("Semibold", 30)), font=_font("Semibold", 30), fill=SOFT)
    lines, size = _title(title)
    for number, line in enumerate(lines):
        draw.text((MARGIN, 190 + number * round(size * 1.13)), line, font=_font("Bold", size), fill=INK)
    draw.text((MARGIN, HEIGHT - 79), _cut(foot, _font("Semibold", 32)), font=_font("Semibold", 32), fill=INK)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _title(title: str) -> tuple[list[str], int]:
    for size in SIZES:
        lines = wrapped(title, _font("Bold", size), WIDTH - 2 * MARGIN)
        if len(lines) <= MOST_LINES[size]:
            return lines, size
    kept = lines[: MOST_LINES[size]]
    return [*kept[:-1], kept[-1].rstrip() + "…"], size


def _cut(text: str, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= WIDTH - 2 * MARGIN:
        return text
    while text and font.getlength(text + "…") > WIDTH - 2 * MARGIN:
        text = text[:-1]
    return text.rstrip() + "…"


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    path = files("font_source_sans_pro") / "files" / f"SourceSansPro-{weight}.ttf"
    return ImageFont.truetype(io.BytesIO(path.read_bytes()), size)
