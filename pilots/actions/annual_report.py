"""The programme's figures of a year in words, with what each means, and as a document to print."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from govtech.clock import local_date
from govtech.files import pdf as documents
from govtech.shell.words import euros, formatted, number, percent
from pilots.calculations.impact import Impact, Part, Spent

NOTHING = "—"


@dataclass(frozen=True)
class Figure:
    """A figure with its name, what it is of, and its definition."""

    label: str
    value: str
    note: str
    means: str


@dataclass(frozen=True)
class Group:
    """Figures that belong together."""

    key: str
    title: str
    figures: list[Figure]


def groups(year: Impact) -> list[Group]:
    """Return all figures in words, in the language in force."""
    return [
        Group("calls", _("Challenges and proposals"), _calls(year)),
        Group("time", _("How long it takes"), _time(year)),
        Group("results", _("Awards and pilots"), _results(year)),
        Group("training", _("Training"), _training(year)),
    ]


def _calls(year: Impact) -> list[Figure]:
    return [
        Figure(_("Challenges published"), number(year.challenges), "", _("Those whose publication fell in the year.")),
        Figure(
            _("Proposals per challenge"),
            _number(year.proposals_per_challenge),
            _("%(proposals)s proposals in %(n)s challenges")
            % {"proposals": number(year.proposals), "n": number(year.opened)},
            _("Mean of the challenges published in the year whose proposals were opened."),
        ),
        _share(_("Proposals of small and medium companies"), year.smes, _competing()),
        _share(_("Proposals of startups"), year.startups, _competing()),
    ]


def _competing() -> str:
    return _(
        "As they were at the opening. Of the challenges published in the year whose page shows all who competed: where "
        "some are only counted together, so that nobody can be told apart, the challenge isn't in this figure."
    )


def _time(year: Impact) -> list[Figure]:
    return [
        _days(_("From draft to publication"), year.days_to_publication, _("Of the challenges published in the year.")),
        _days(_("From publication to award"), year.days_to_award, _("Of the awards approved in the year.")),
        _days(_("From award to start"), year.days_to_start, _("Of the pilots that started in the year.")),
        _days(
            _("From acceptance to payment"),
            year.days_to_payment,
            _("Of the milestones of pilots paid in the year, from the day each was accepted."),
        ),
    ]


def _results(year: Impact) -> list[Figure]:
    made = _("Of the awards approved in the year and still in force; as the company was at the opening.")
    return [
        Figure(_("Awards"), number(year.awards), "", _("Approved in the year and still in force.")),
        _share(_("Awards to small and medium companies"), year.awarded_smes, made),
        _share(_("Awards to startups"), year.awarded_startups, made),
        _share(
            _("First-time suppliers"),
            year.new_suppliers,
            _("Of the organisations awarded in the year, those that had no award of the programme before."),
        ),
        _share(
            _("Pilots on time"),
            year.on_time,
            _("Of the pilots that ran and ended in the year, those completed by the last day of their contract."),
        ),
        _share(
            _("Indicators met"),
            year.indicators,
            _("Of the indicators measured in pilots decided in the year, those whose last value reached the target."),
        ),
        _share(_("Pilots scaled"), year.scaled, _("Of the pilots decided in the year, those that the city adopts.")),
    ]


def _training(year: Impact) -> list[Figure]:
    return [
        Figure(_("Sessions held"), number(year.sessions), "", _("Training sessions that ended in the year.")),
        Figure(
            _("People trained"), number(year.trained), "",
            _("People with a certificate of a session of the year; each counts once."),
        ),
        Figure(_("Hours of training"), number(year.training_hours), "", _("Sum of the hours of those certificates.")),
    ]  # fmt: skip


def _share(label: str, part: Part, means: str) -> Figure:
    note = _("%(n)s of %(of)s") % {"n": number(part.n), "of": number(part.of)} if part.of else ""
    return Figure(label, percent(part.percent) if part.percent is not None else NOTHING, note, means)


def _days(label: str, days: int | None, means: str) -> Figure:
    value = NOTHING if days is None else ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return Figure(label, value, "", _("Mean in calendar days. %(of)s") % {"of": means})


def _number(value: Decimal | None) -> str:
    return NOTHING if value is None else number(value, places=1)


def until(year: int, at: datetime) -> str:
    """Return until when the figures of a year go, in words, where it isn't over; else nothing."""
    if local_date(at).year != year:
        return ""
    return _("The year isn't over: figures until %(day)s.") % {"day": formatted(at, "day")}


def pdf(year: Impact, *, at: datetime) -> bytes:
    """Return the annual report as a tagged PDF in the language in force."""
    blocks: list[dict[str, Any]] = []
    if until(year.year, at):
        blocks.append(documents.note(until(year.year, at)))
    blocks.append(
        documents.paragraph(
            _("Every figure is computed from the portal's own record; what it means stands beside it. A dash: nothing.")
        )
    )
    for group in groups(year):
        blocks.append(documents.heading(group.title))
        rows = [(each.label, " · ".join(filter(None, [each.value, each.note])), each.means) for each in group.figures]
        blocks.append(documents.table([_("Figure"), _("Value"), _("What it means")], rows, numeric=[1]))
    blocks.append(documents.heading(_("Challenges by area")))
    areas = [(name, number(n)) for name, n in year.by_area]
    blocks.append(documents.table([_("Area"), _("Challenges")], areas, numeric=[1]))
    for title, spent in ((_("Money by budget line"), year.by_line), (_("Money by area"), year.money_by_area)):
        blocks.append(documents.heading(title))
        blocks.append(_money(spent))
    context = {
        "title": _("Annual report %(year)s") % {"year": year.year},
        "eyebrow": settings.PROGRAMME_NAME,
        "blocks": blocks,
    }
    return documents.render("document", context, at=at)


def _money(rows: Iterable[Spent]) -> dict[str, Any]:
    cells = [(row.name, euros(row.committed), euros(row.paid)) for row in rows]
    return documents.table([_("Name"), _("Committed, with VAT"), _("Paid, with VAT")], cells, numeric=[1, 2])


def file_name(year: int) -> str:
    """Return what the downloaded file is called."""
    return f"informe-anual-{year}.pdf"
