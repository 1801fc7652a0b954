"""Static files from the Bootstrap wheel: its style sheet and licence, nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bootstrap_wrapper
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage

# address below STATIC_URL -> path in the wheel
FILES = {"bootstrap/bootstrap.min.css": "css/bootstrap.min.css", "bootstrap/LICENSE": "LICENSE"}


class _WheelStorage(FileSystemStorage):
    """The wheel's folder under the addresses of `FILES`."""

    prefix = ""

    def path(self, name: str) -> str:
        return super().path(FILES[name.replace("\\", "/")])

    def _open(self, name: str, mode: str = "rb") -> File:
        """Open without the mention of the source map, which isn't published: collecting would look for it."""
        text = Path(self.path(name)).read_bytes()
        return ContentFile(re.sub(rb"/\*# sourceMappingURL=[^*]*\*/", b"", text), name=name)


class BootstrapFinder(BaseFinder):
    """Finds `bootstrap/bootstrap.min.css` and `bootstrap/LICENSE` in the wheel."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = _WheelStorage(location=bootstrap_wrapper.get_bootstrap_dir())

    def check(self, **kwargs: Any) -> list[Any]:  # noqa: ARG002 - the framework's signature
        """Report nothing: a missing wheel is an import error."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: ARG002, FBT001, FBT002 - the framework's signature
        """Return the file's place on disk, or an empty list."""
        inside = FILES.get(path)
        if inside is None:
            return []
        place = str(Path(bootstrap_wrapper.get_bootstrap_dir()) / inside)
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """Yield every file with the storage that opens it."""
        for name in FILES:
            if not matches_patterns(name, ignore_patterns or []):
                yield name, self.storage
