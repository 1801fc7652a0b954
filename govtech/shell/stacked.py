"""Tables on a phone: each row becomes a card whose cells say their column's heading, for the style sheet to show."""

import re

from django.utils.html import strip_tags

TAG = re.compile(r"<(thead|tbody|tfoot|tr|td|th)(?=[\s>])")
HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
ROLES = {"tr": "row", "td": "cell", "th": "rowheader"}  # said aloud: a row shown as a block is no row to a browser


def stacked(content: str) -> str:
    """Return the rows of a table with roles and the labels of their cells.

    The first cell of a row is its title and needs none, nor do columns whose heading isn't seen. A table without a
    head, or with cells across columns, stays as it is and scrolls in its box.
    """
    head, end, body = content.partition("</thead>")
    if not end or "colspan=" in content or "rowspan=" in content:
        return content
    found = HEADING.findall(head)
    labels = ["" if "visually-hidden" in each else strip_tags(each).strip().replace('"', "&quot;") for each in found]
    head = TAG.sub(lambda tag: _with_role(tag[1], {"th": "columnheader"}), head)
    column = 0

    def with_label(tag: re.Match[str]) -> str:
        nonlocal column
        made = _with_role(tag[1], {})
        if tag[1] not in ("td", "th"):
            column = 0
            return made
        label = labels[column] if 0 < column < len(labels) else ""
        column += 1
        return f'{made} data-label="{label}"' if label else made

    return f"{head}{end}{TAG.sub(with_label, body)}"


def _with_role(tag: str, roles: dict[str, str]) -> str:
    return f'<{tag} role="{roles.get(tag) or ROLES.get(tag, "rowgroup")}"'
