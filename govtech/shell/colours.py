"""Shades of the brand colour, computed so that text on them stays readable. Pure."""

import re


def _channels(colour: str) -> tuple[int, int, int]:
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", colour)
    if match is None:
        raise ValueError(f"Not a colour like #0a3fd4: {colour!r}")
    return tuple(int(part, 16) for part in match.groups())  # type: ignore[return-value]


def _mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in pairs)


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2) of a colour, 0 to 1.

    >>> round(luminance("#ffffff"), 2)
    1.0
    """
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shades(colour: str) -> dict[str, str]:
    """Return the brand colour dark enough for white text (4.5 to 1), its dark shade and its wash, by suffix."""
    base = colour
    while 1.05 / (luminance(base) + 0.05) < 4.5:
        base = _mix(base, "#000000", 0.08)
    return {"": base, "-dark": _mix(base, "#000000", 0.35), "-wash": _mix(base, "#ffffff", 0.93)}
