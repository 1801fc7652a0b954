"""Pictures that pages show: drawn anew from what was handed in, so that nothing but the picture is kept.

Where it was taken, by whom and with what goes away.
"""

import io
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from govtech.errors import DomainError
from govtech.files.actions import check

WIDEST = 1600


@dataclass(frozen=True)
class Drawn:
    """A picture ready to be kept."""

    data: bytes
    content_type: str
    width: int
    height: int


def drawn(upload: UploadedFile) -> Drawn:
    """Return a PNG or JPEG drawn anew, 1600 pixels wide at most. Raises `DomainError(field="file")`."""
    checked = check(upload)
    if checked.content_type not in ("image/png", "image/jpeg"):
        raise DomainError(_("Choose a picture: PNG or JPG."), field="file")
    kind = "PNG" if checked.content_type == "image/png" else "JPEG"
    checked.source.seek(0)
    try:
        with Image.open(checked.source, formats=[kind]) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((WIDEST, WIDEST * 2))
            if kind == "JPEG" or picture.mode not in ("RGB", "RGBA", "L", "LA"):
                picture = picture.convert("RGB" if kind == "JPEG" else "RGBA")
            out = io.BytesIO()
            clean = Image.new(picture.mode, picture.size)
            clean.paste(picture)
            clean.save(out, kind, **({"quality": 85, "optimize": True} if kind == "JPEG" else {"optimize": True}))
    except (OSError, ValueError, SyntaxError) as error:
        raise DomainError(_("This picture can't be read. Save it again and choose it anew."), field="file") from error
    return Drawn(out.getvalue(), checked.content_type, *picture.size)
