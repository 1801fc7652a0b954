"""The components of every page. Each is a typed function: a wrong prop fails when the template is compiled.

All are built in: templates need no `{% load %}`. What each looks like: the page `/componentes/`; how to call it:
`docs/components.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from govtech.shell import charts, words, writing
from govtech.shell.kept import remembered
from govtech.shell.prose import render_markdown
from govtech.shell.registry import DeskItem, slots
from govtech.shell.stacked import stacked

register = template.Library()

TONES = frozenset({"plain", "open", "soon", "closed", "pilot", "danger"})
STATES = {"done": "done", "current": "current", "todo": "", "error": "stop"}
CHECKS = frozenset({"ok", "stop", "advice"})


def _known(value: str, allowed: Iterable[str], prop: str) -> str:
    """Return `value`, or raise ValueError naming the prop: an unknown look is a bug, not a default."""
    if value not in allowed:
        raise ValueError(f"{prop}={value!r} is none of {', '.join(sorted(allowed))}")
    return value


def _render(component: str, /, **context: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", context)


def _once(component: str, /, **context: Any) -> SafeString:
    """Render it, once for the same context."""
    return remembered(component, [context], lambda: _render(component, **context))


# Small marks ---------------------------------------------------------------------------------------


@register.simple_tag
def chip(label: Any, *, tone: str = "plain") -> SafeString:
    """Say a state in a few words, with the colour of its tone."""
    return format_html('<span class="chip chip--{}">{}</span>', _known(str(tone), TONES, "tone"), label)


@register.simple_tag
def tag(label: Any, *, url: str = "") -> SafeString:
    """Name a subject, as a link to everything on it where there is such a page."""
    if url:
        return format_html('<a class="tag" href="{}">{}</a>', url, label)
    return format_html('<span class="tag">{}</span>', label)


@register.simple_tag
def document(label: Any, *, url: str, size: int | None = None, kind: str = "") -> SafeString:
    """Link a file, saying what it is and how big."""
    note = ", ".join(filter(None, (kind, words.file_size(size))))
    if note:
        return format_html('<a href="{}">{}</a> <span class="text-secondary small">{}</span>', url, label, note)
    return format_html('<a href="{}">{}</a>', url, label)


@register.filter
def wordmark(name: str) -> SafeString:
    """Write the programme's name with its last word in the brand colour."""
    first, _space, last = str(name).rpartition(" ")
    return format_html("{} <span>{}</span>", first, last)


# Blocks of a page ----------------------------------------------------------------------------------


@register.simple_block_tag
def page_head(
    content: str,
    *,
    title: Any,
    eyebrow: Any = "",
    up_url: str = "",
    up_label: Any = "",
    state: Any = "",
    tone: str = "plain",
    lead: Any = "",
    lang: str = "",
) -> SafeString:
    """Open a page: where it is (`up_*`, `eyebrow`), its state, its title, a sentence, then whatever stands inside."""
    return _render(
        "page_head",
        content=SafeString(content.strip()),
        title=title,
        eyebrow=eyebrow,
        up_url=up_url,
        up_label=up_label,
        state=state,
        tone=_known(str(tone), TONES, "tone"),
        lead=lead,
        lang=lang,
    )


@register.simple_block_tag
def panel(
    content: str, *, title: Any = "", accent: bool = False, sticky: bool = False, level: int = 2, label: Any = ""
) -> SafeString:
    """Frame what belongs together beside the text."""
    return _render("panel", content=content, title=title, accent=accent, sticky=sticky, level=level, label=label)


@register.simple_block_tag
def hint(content: str, *, title: Any = "") -> SafeString:
    """Set apart a piece of advice."""
    return _render("hint", content=content, title=title)


@register.simple_block_tag
def notice(content: str, *, tone: str = "plain", title: Any = "") -> SafeString:
    """Tell something that matters for the whole page: a correction, an incident, a refusal."""
    return _render("notice", content=content, title=title, tone=_known(str(tone), TONES, "tone"))


@register.simple_block_tag
def verdict(
    content: str, *, title: Any = "", state: Any = "", tone: str = "open", url: str = "", level: int = 3
) -> SafeString:
    """State how something ended, with its reasons inside."""
    return _render(
        "verdict",
        content=content,
        title=title,
        state=state,
        url=url,
        level=level,
        tone=_known(str(tone), TONES, "tone"),
    )


@register.simple_block_tag
def table(content: str, *, caption: Any, hide_caption: bool = True) -> SafeString:
    """Wrap rows (`<thead>`, `<tbody>`) in a table whose rows are cards on a phone; else it scrolls inside itself."""
    rows = mark_safe(stacked(content))  # noqa: S308 - the template's own markup
    return _render("table", content=rows, caption=caption, hide_caption=hide_caption, stacks=rows != content)


@register.simple_block_tag
def savebar(content: str, *, status: Any = "") -> SafeString:
    """Hold a form's buttons at the bottom of the screen, and when it was last saved."""
    return _render("savebar", content=content, status=status)


@register.simple_tag
def empty(text: Any, *, title: Any = "", url: str = "", label: Any = "") -> SafeString:
    """Say in words that there is nothing yet, and what to do about it."""
    return _render("empty", text=text, title=title, url=url, label=label)


# Lists ---------------------------------------------------------------------------------------------


@register.simple_tag
def fact(label: Any, value: Any, *, note: Any = "", numeric: bool = False) -> SafeString:
    """Give one fact, inside a `<dl class="facts">`."""
    return format_html(
        "<div><dt>{}</dt><dd{}>{}{}</dd></div>",
        label,
        SafeString(' class="num"') if numeric else "",
        value,
        format_html(' <span class="fw-normal">{}</span>', note) if note else "",
    )


@register.simple_tag
def facts(items: Iterable[Sequence[Any]]) -> SafeString:
    """List facts: (label, value) or (label, value, note). Facts without a value are left out."""
    rows = [fact(row[0], row[1], note=row[2] if len(row) > 2 else "") for row in items if row[1] not in (None, "")]
    return format_html('<dl class="facts mb-0">{}</dl>', SafeString("".join(rows)))


@register.simple_tag
def steps(items: Iterable[Sequence[Any]], *, label: Any = "") -> SafeString:
    """Show where a process stands: (label, sub, "done" | "current" | "todo")."""
    rows = [
        {"label": row[0], "sub": row[1], "state": _known(row[2], ("done", "current", "todo"), "state")} for row in items
    ]
    return _once("steps", items=rows, label=label or _("Where it stands"))


@register.simple_tag
def stepnav(items: Iterable[Sequence[Any]], *, label: Any, keep: bool = False) -> SafeString:
    """List the parts of a long form: (label, url, words on its state, "done" | "current" | "todo" | "error").

    `keep` lets it stay in memory: never where it may say something of what is sealed.
    """
    rows = [
        {"label": row[0], "url": row[1], "words": row[2], "state": _known(row[3], STATES, "state")} for row in items
    ]
    current = next((row["label"] for row in rows if row["state"] == "current"), "")
    return (_once if keep else _render)("stepnav", items=rows, label=label, current=current)


@register.simple_tag
def checks(items: Iterable[Sequence[Any]], *, keep: bool = False, apart: bool = False) -> SafeString:
    """List what is in order, what stops and what is advised: ("ok" | "stop" | "advice", text[, url[, why]]).

    `keep` lets it stay in memory: never where it may say something of what is sealed. `apart` puts each sort under a
    heading of its own, of the third level: what stops, what is advised, what is in order.
    """
    rows = [
        {
            "state": _known(row[0], CHECKS, "state"),
            "text": row[1],
            "url": row[2] if len(row) > 2 else "",
            "why": row[3] if len(row) > 3 else "",
        }
        for row in items
    ]
    groups = [(state, [row for row in rows if row["state"] == state]) for state in ("stop", "advice", "ok")]
    shown = [group for group in groups if group[1]] if apart else [("", rows)]
    return (_once if keep else _render)("checks", groups=shown, apart=apart)


@register.simple_tag
def todo(items: Sequence[DeskItem], *, at: datetime) -> SafeString:
    """List what needs a person, each with its day and one button."""
    rows = [{"item": item, "due": words.due(item.due_at, at)} for item in items]
    return _render("todo", rows=rows)


class Place(NamedTuple):
    """Where a page of a list stands: its number, and those before and after it, False where there is none."""

    number: int
    previous: int | bool
    next: int | bool


@register.simple_tag(takes_context=True)
def pager(context: template.Context, page: Any) -> SafeString:
    """Link the pages of a list, keeping the search in the address. Nothing when there is one page."""
    if page.paginator.num_pages < 2:
        return SafeString("")
    query = context["request"].GET.copy()
    query.pop("page", None)
    kept = query.urlencode()
    prefix = f"?{kept}&page=" if kept else "?page="
    return _once(
        "pager",
        page=Place(
            page.number,
            page.has_previous() and page.previous_page_number(),
            page.has_next() and page.next_page_number(),
        ),
        prefix=prefix,
        ellipsis=page.paginator.ELLIPSIS,
        numbers=list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
    )


# Drawings ------------------------------------------------------------------------------------------


@register.simple_tag
def weights_bar(weight: Decimal | float) -> SafeString:
    """Draw one weight of 100 as a length."""
    return charts.bar(weight)


@register.simple_tag
def weights(items: Iterable[Sequence[Any]]) -> SafeString:
    """List criteria with their weights: (name, weight) or (name, weight, note)."""
    rows = [{"name": row[0], "weight": row[1], "note": row[2] if len(row) > 2 else ""} for row in items]
    return _render("weights", items=rows)


@register.simple_tag
def envelope(phases: Mapping[str, Decimal], *, legend: bool = True) -> SafeString:
    """Draw money by phase (paid, invoiced, committed, reserved, available): one bar and its legend."""
    parts = charts.envelope_parts(phases)
    return _render("envelope", svg=charts.envelope(parts), parts=parts if legend else [])


@register.simple_tag
def line_chart(
    points: Sequence[tuple[str, Decimal]],
    *,
    title: Any,
    unit: str = "",
    target: Decimal | None = None,
    label: Any = "",
) -> SafeString:
    """Draw measured values (label, value) against a target, with the same figures in a table below."""
    points = list(points)
    svg = (
        charts.line_chart(points, title=str(title), unit=unit, target=target, target_label=_("target"))
        if points
        else ""
    )
    return _render(
        "line_chart", svg=svg, points=points, unit=unit, target=target, title=title, label=label or _("Moment")
    )


@register.simple_tag
def bar_chart(
    points: Sequence[tuple[str, Any]], *, title: Any, label: Any, unit: str = "", money: bool = False
) -> SafeString:
    """Draw amounts (label, value) as bars, with the same figures in a table below. `money`: they are euros."""
    points = list(points)
    svg = charts.bar_chart(points, title=str(title), show=words.euros if money else words.number) if points else ""
    return _render("bar_chart", svg=svg, points=points, unit=unit, title=title, label=label, money=money)


# Forms ---------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Render one field: label, help, error, input, counter."""
    return bound.as_field_group()


@register.simple_tag(takes_context=True)
def autosave(context: template.Context, *, is_unsaved: bool = False, is_conflict: bool = False) -> SafeString:
    """Write the attributes of a `<form>` that saves itself while one types; it needs a `savebar` inside."""
    return writing.attributes(context["request"], is_unsaved=is_unsaved, is_conflict=bool(is_conflict))


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """Sum up what is wrong with a form, each problem linked to its field. Takes the focus. Nothing when all is well."""
    if not form.is_bound or not form.errors:
        return SafeString("")
    entries = []
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        for message in errors:
            shown = bound is not None and not bound.is_hidden
            anchor = (
                (bound.auto_id if bound.use_fieldset else bound.id_for_label) if bound is not None and shown else ""
            )
            entries.append(
                {"anchor": anchor, "label": bound.label if bound is not None and shown else "", "message": message}
            )
    return _render("form_errors", entries=entries, count=len(entries))


@register.simple_tag(takes_context=True)
def post_button(
    context: template.Context,
    label: Any,
    *,
    url: str,
    style: str = "primary",
    small: bool = False,
    wide: bool = False,
    confirm: Any = "",
    name: str = "",
    value: Any = "",
) -> SafeString:
    """Make one button that acts (POST with its token). With `confirm` it first says what will happen, in place."""
    looks = ("primary", "outline-primary", "outline-secondary", "outline-danger", "danger", "link")
    return _render(
        "post_button",
        label=label,
        url=url,
        look=f"btn btn-{_known(style, looks, 'style')}{' btn-sm' if small else ''}{' w-100' if wide else ''}",
        confirm=confirm,
        name=name,
        value=value,
        csrf_token=context.get("csrf_token", ""),
    )


# Slots ---------------------------------------------------------------------------------------------


@register.simple_tag
def slot(name: str, thing: Any) -> SafeString:
    """Show what other apps add here for this row; the view prepared it with `slots.prepare`."""
    return slots.html(name, thing)  # type: ignore[return-value]


@register.simple_tag(takes_context=True)
def page_slot(context: template.Context, name: str, thing: Any) -> SafeString:
    """Show what other apps add to the page of this one thing."""
    if not slots.is_prepared(name, thing):
        request = context.get("request")
        slots.prepare(name, [thing], getattr(request, "user", None), request=request)
    return slots.html(name, thing)  # type: ignore[return-value]


# Words ---------------------------------------------------------------------------------------------


@register.filter
def euros(value: Decimal | None) -> str:
    """Write an amount: `14.500 €`."""
    return words.euros(value) if value != "" else ""


@register.filter
def percent(value: Decimal | None) -> str:
    """Write a percentage: `30 %`."""
    return words.percent(value) if value != "" else ""


@register.filter
def figure(value: Decimal | float | None) -> str:
    """Write a number with grouped thousands."""
    return "—" if value in (None, "") else words.number(value)


@register.simple_tag
def net_and_gross(net: Decimal, *, vat_rate: Decimal, gross: Decimal | None = None) -> SafeString:
    """Write an amount with its VAT: `14.500 € + 21 % IVA = 17.545 €`. Gross is rounded once, half up."""
    total = gross
    if total is None:
        total = (net * (100 + Decimal(vat_rate)) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return conditional_escape(
        _("%(net)s + %(rate)s VAT = %(gross)s")
        % {"net": words.euros(net), "rate": words.percent(Decimal(vat_rate).normalize()), "gross": words.euros(total)}
    )


@register.filter
def when(value: datetime | None) -> str:
    """Write an instant in full: `sábado 12 de diciembre de 2026, 14:00`."""
    return words.formatted(value, "when") if value else ""


@register.filter
def short_when(value: datetime | None) -> str:
    """Write an instant briefly: `12 dic, 14:00`."""
    return words.formatted(value, "short_when") if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day in full: `12 de diciembre de 2026`."""
    return words.formatted(value, "day") if value else ""


@register.filter
def short_day(value: date | datetime | None) -> str:
    """Write a day briefly: `12 dic`."""
    return words.formatted(value, "short_day") if value else ""


@register.filter
def short_day_year(value: date | datetime | None) -> str:
    """Write a day briefly with its year: `12 dic 2026`."""
    return words.formatted(value, "short_day_year") if value else ""


@register.filter
def duration_until(value: datetime | None, at: datetime) -> str:
    """Write how far away an instant is: `en 3 días`, `mañana a las 14:00`, `hace 2 días`."""
    return words.duration_until(value, at) if value else ""


@register.filter
def device(user_agent: str | None) -> str:
    """Write a browser and its system: `Firefox, Windows`."""
    return words.device(user_agent or "")


@register.filter
def file_size(value: int | None) -> str:
    """Write a size in bytes: `240 kB`."""
    return words.file_size(value)


@register.filter
def markdown(value: str | None) -> SafeString:
    """Turn a person's Markdown into clean HTML: no raw HTML, no images, headings below the page's own."""
    return render_markdown(value or "")


@register.filter
def localised(thing: Any, name: str) -> Any:
    """Return the text of `name`: its English twin on English pages where written, else as its author wrote it."""
    return _localised(thing, name)[0]


@register.simple_tag
def lang_of(thing: Any, name: str) -> SafeString:
    """Write the attribute ` lang="es"` when the text `localised` shows isn't in the page's language."""
    language = _localised(thing, name)[1]
    page = (get_language() or "es").split("-")[0]
    return SafeString("") if language == page else format_html(' lang="{}"', language)


def _localised(thing: Any, name: str) -> tuple[Any, str]:
    """Return a text and its language: `<name>_en` on English pages where written, else `<name>` in `thing.language`."""
    own = getattr(thing, "language", "es") or "es"
    twin = getattr(thing, f"{name}_en", "")
    if twin and (get_language() or "es").startswith("en"):
        return twin, "en"
    return getattr(thing, name), own
