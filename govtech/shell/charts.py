"""Drawings made on the server as SVG with attributes only, so that they print and need no script. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from govtech.shell.words import euros, number

Number = Decimal | float | int

# The phases of money, the most spent first, with the label the public reads.
PHASES = (
    ("paid", _("Paid")),
    ("invoiced", _("Invoiced")),
    ("committed", _("Committed")),
    ("reserved", _("Reserved")),
    ("available", _("Available")),
)


def _plain(value: float) -> str:
    """Write a coordinate: a point as decimal mark, whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def bar(share: Number) -> SafeString:
    """Draw `share` of 100 as a length. Decoration: the number stands beside it."""
    width = min(max(float(share), 0.0), 100.0)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar-ground" width="100" height="2"/><rect class="bar-fill" width="{}" height="2"/></svg>',
        _plain(width),
    )


def envelope_parts(phases: Mapping[str, Number]) -> list[dict[str, Any]]:
    """Return the phases in order, each with key, label and amount. KeyError names a phase that doesn't exist."""
    unknown = set(phases) - {key for key, _label in PHASES}
    if unknown:
        raise KeyError(f"Not phases of the budget: {', '.join(sorted(unknown))}")
    return [{"key": key, "label": label, "amount": phases[key]} for key, label in PHASES if key in phases]


def envelope(parts: Sequence[Mapping[str, Any]]) -> SafeString:
    """Draw the whole money as one bar, each phase as its share; the label says every amount."""
    total = sum(max(float(part["amount"]), 0.0) for part in parts)
    position, rects = 0.0, []
    for part in parts:
        width = max(float(part["amount"]), 0.0) / total * 1000 if total else 0.0
        rects.append((part["key"], _plain(position), _plain(width)))
        position += width
    label = ", ".join(f"{part['label']} {euros(part['amount'])}" for part in parts)
    return format_html(
        '<svg class="envelope" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="phase-available" width="1000" height="10"/>{}</svg>',
        label,
        format_html_join("", '<rect class="phase-{}" x="{}" width="{}" height="10"/>', rects),
    )


def _nice_step(span: float) -> float:
    """Return a round step that cuts `span` into at most five."""
    for power in range(-6, 13):
        for lead in (1, 2, 5):
            step = lead * 10.0**power
            if span / step <= 4:
                return step
    return span


def _scale(values: Iterable[float]) -> tuple[float, float, float]:
    """Return bottom, top and step of an axis that holds all values, from zero when that wastes less than half."""
    low, high = min(values), max(values)
    if low >= 0 and low <= high * 0.6:
        low = 0.0
    if high == low:
        high, low = high + 1, low - 1 if low else 0.0
    step = _nice_step(high - low)
    bottom = step * (low // step)
    top = step * -(-high // step)
    return bottom, top, step


def line_chart(
    points: Sequence[tuple[str, Number]],
    *,
    title: str,
    unit: str = "",
    target: Number | None = None,
    target_label: str = "",
) -> SafeString:
    """Draw measured values over time, with the target as a dashed line. `points`: label, value."""
    left, right, top_y, bottom_y = 56.0, 616.0, 24.0, 216.0
    values = [float(value) for _label, value in points]
    bottom, top, step = _scale([*values, float(target)] if target is not None else values)

    def y_of(value: float) -> float:
        return bottom_y - (value - bottom) / (top - bottom) * (bottom_y - top_y)

    gap = (right - left - 24) / max(len(points) - 1, 1)
    places = [(left + 12 + index * gap, y_of(value)) for index, value in enumerate(values)]
    ticks = [bottom + step * index for index in range(round((top - bottom) / step) + 1)]
    suffix = f"\N{NO-BREAK SPACE}{unit}" if unit else ""
    parts: list[SafeString] = [
        format_html_join(
            "",
            '<line class="axis" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
            '<text class="tick" x="{3}" y="{4}" text-anchor="end">{5}</text>',
            (
                (_plain(left), _plain(right), _plain(y_of(tick)), _plain(left - 8), _plain(y_of(tick) + 4), _tick(tick))
                for tick in ticks
            ),
        )
    ]
    if target is not None:
        y = y_of(float(target))
        at_start = bool(places) and abs(places[0][1] - y) > abs(places[-1][1] - y)  # where the line is farther away
        below = bool(places) and places[0 if at_start else -1][1] < y and y < bottom_y - 20
        parts.append(
            format_html(
                '<line class="target" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<text class="target-label" x="{}" y="{}" text-anchor="{}">{} {}{}</text>',
                _plain(left),
                _plain(right),
                _plain(y),
                _plain(y),
                _plain(left + 8 if at_start else right),
                _plain(y + 17 if below else y - 7),
                "start" if at_start else "end",
                target_label,
                number(target),
                suffix,
            )
        )
    parts.append(
        format_html('<polyline class="line" points="{}"/>', " ".join(f"{_plain(x)},{_plain(y)}" for x, y in places))
    )
    every = -(-len(points) // 12)
    for index, ((label, value), (x, y)) in enumerate(zip(points, places, strict=True)):
        parts.append(format_html('<circle class="dot" r="4.5" cx="{}" cy="{}"/>', _plain(x), _plain(y)))
        if index % every == 0 or index == len(points) - 1:
            above = index == 0 or places[index - 1][1] >= y or y > bottom_y - 24
            minor = " minor" if len(points) > 4 and index % 2 and index != len(points) - 1 else ""
            parts.append(
                format_html(
                    '<text class="value{}" x="{}" y="{}" text-anchor="middle">{}</text>'
                    '<text class="tick{}" x="{}" y="{}" text-anchor="middle">{}</text>',
                    minor,
                    _plain(x),
                    _plain(y - 11 if above else y + 22),
                    number(value),
                    minor,
                    _plain(x),
                    _plain(bottom_y + 22),
                    label,
                )
            )
    return format_html(
        '<svg class="chart" viewBox="0 0 640 248" role="img" aria-label="{}">{}</svg>',
        title,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def bar_chart(points: Sequence[tuple[str, Number]], *, title: str, show: Any = number) -> SafeString:
    """Draw amounts as bars, one below the other, each under its name with its number. `points`: label, value."""
    row, width = 52, 640.0
    most = max([float(value) for _label, value in points] or [0.0]) or 1.0
    bars = (
        (
            row * index + 19,
            label,
            _plain(width),
            show(value),
            row * index + 28,
            _plain(max(float(value), 0.0) / most * width),
        )
        for index, (label, value) in enumerate(points)
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 640 {}" role="img" aria-label="{}">{}</svg>',
        row * len(points),
        title,
        format_html_join(
            "",
            '<text x="0" y="{0}">{1}</text><text class="value" x="{2}" y="{0}" text-anchor="end">{3}</text>'
            '<rect class="bar-ground" x="0" y="{4}" width="{2}" height="10"/>'
            '<rect class="bar-fill" x="0" y="{4}" width="{5}" height="10"/>',
            bars,
        ),
    )


def _tick(value: float) -> str:
    """Write an axis mark without the noise of binary fractions."""
    return number(Decimal(str(round(value, 6))).normalize())
