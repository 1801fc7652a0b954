"""A challenge as OCDS 1.1: what was known of it at each instant, and what each release adds. Pure.

`known(row, at)` says all that the public knew at an instant; a release holds what is new since the one before, so that
merging the releases gives what is known last: the compiled release. `row` is a challenge with what hangs on it, read by
`pilots.filters.released`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pilots.calculations.ocds_award import award_of, contract_of
from pilots.calculations.ocds_call import (
    ENDED,
    Data,
    Site,
    as_it_was,
    department_id,
    id_of,
    moment,
    parties_of,
    planning_of,
    reference,
    release_id,
    tender_of,
)

__all__ = ["VERSION", "Data", "Site", "added", "known", "merged", "moment", "record"]

VERSION = "1.1"


# Merging ----------------------------------------------------------------------------------------------------


def merged(base: Any, change: Any) -> Any:
    """Return `base` with a release's `change`: objects by name, lists of objects by id, all else replaced.

    >>> merged({"a": 1, "b": [{"id": "1", "x": 1}]}, {"a": None, "b": [{"id": "1", "y": 2}, {"id": "2"}]})
    {'b': [{'id': '1', 'x': 1, 'y': 2}, {'id': '2'}]}
    """
    if isinstance(base, dict) and isinstance(change, dict):
        found = dict(base)
        for name, value in change.items():
            if value is None:
                found.pop(name, None)
            else:
                found[name] = merged(found.get(name), value)
        return found
    if _are_objects(base) and _are_objects(change):
        rows = {row["id"]: row for row in base}
        for row in change:
            rows[row["id"]] = merged(rows.get(row["id"], {}), row)
        return list(rows.values())
    return change


def added(before: Any, after: Any) -> Any:
    """Return what must be merged into `before` to make `after`; None where nothing is new.

    >>> added({"a": 1, "b": [{"id": "1", "x": 1}]}, {"b": [{"id": "1", "x": 2}], "c": 3})
    {'b': [{'id': '1', 'x': 2}], 'c': 3, 'a': None}
    """
    if before == after:
        return None
    if isinstance(before, dict) and isinstance(after, dict):
        found = {name: added(before[name], value) if name in before else value for name, value in after.items()}
        found = {name: value for name, value in found.items() if value is not None}
        return found | {name: None for name in before if name not in after} or None
    if _are_objects(before) and _are_objects(after):
        known = {row["id"]: row for row in before}
        rows = []
        for row in after:
            if row["id"] not in known:
                rows.append(row)
            elif (new := added(known[row["id"]], row)) is not None:
                rows.append({"id": row["id"], **new})
        return rows or None
    return after


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


# Releases ---------------------------------------------------------------------------------------------------


def record(row: Any, *, at: datetime, site: Site) -> Data:
    """Return the record of a challenge: its releases up to `at`, the oldest first, and the compiled one."""
    name = site.ocid(row)
    always = {"ocid": name, "initiationType": "tender", "language": "es"}
    releases: list[Data] = []
    amended: dict[int, str] = {}
    last: Data = {}
    for instant, tags in instants(row, at):
        if releases:
            published = [each.number for each in row.notices if each.published_at == instant]
            amended |= dict.fromkeys(published, releases[-1]["id"])
        now = known(row, instant, site, amended)
        new = added(last, now)
        if new is not None:
            new = _named(new, now)
            releases.append({**always, "id": release_id(name, instant), "date": moment(instant), "tag": tags, **new})
            last = merged(last, new)
    date_ = releases[-1]["date"]
    compiled = {**always, "id": f"{name}-{date_}", "date": date_, "tag": ["compiled"], **last}
    return {"ocid": name, "releases": releases, "compiledRelease": compiled}


def _named(new: Data, now: Data) -> Data:
    """Add the ids that every release must repeat."""
    if "tender" in new:
        new["tender"] = {"id": now["tender"]["id"], **new["tender"]}
    awards = {each["id"]: each["awardID"] for each in now.get("contracts", ())}
    if "contracts" in new:
        new["contracts"] = [{"awardID": awards[each["id"]], **each} for each in new["contracts"]]
    return new


def instants(row: Any, at: datetime) -> list[tuple[datetime, list[str]]]:
    """Return when the public learnt something new until `at`, with the tags of the release that says it."""
    found: dict[datetime, list[str]] = {}
    for instant, *tags in _events(row):
        if instant is not None and row.publish_at <= instant <= at:
            known_tags = found.setdefault(instant, [])
            known_tags += [tag for tag in tags if tag not in known_tags]
    return sorted(found.items())


def _events(row: Any) -> Iterator[tuple[Any, ...]]:
    yield row.publish_at, "planning", "tender"
    if row.opens_at > row.publish_at:
        yield row.opens_at, "tenderUpdate"
    for notice in row.notices:
        yield notice.published_at, *([] if notice.kind == "end" else ["tenderAmendment"])
    for question in row.answered:
        yield question.answered_at, "tenderUpdate"
    if row.status in ENDED:
        yield row.ended_at, "tenderUpdate" if row.status == "void" else "tenderCancellation"
    yield row.opened_at, "tenderUpdate"
    if row.resolved is not None:
        yield row.resolved.published_at, *([] if row.status in ENDED else ["tenderUpdate"])
        for award in row.resolved.announced:
            yield from _award_events(award)


def _award_events(award: Any) -> Iterator[tuple[Any, ...]]:
    pilot = award.pilot
    yield award.approved_at, "award", "contract"
    if award.is_given_up:
        yield award.ended_at, "awardCancellation", "contractTermination"
    yield pilot.started_at, "contractUpdate", "implementation"
    for milestone in pilot.planned:
        yield milestone.accepted_at, "implementationUpdate"
    for payment in award.payments:
        yield payment.made_at, "implementationUpdate"
    yield pilot.ended_at, "contractTermination"
    yield pilot.decided_at, "contractUpdate"


def known(row: Any, at: datetime, site: Site, amended: dict[int, str] | None = None) -> Data:
    """Return all that the public knew of a challenge at an instant."""
    was = as_it_was(row, at)
    awards = [each for each in (row.resolved.announced if row.resolved else []) if each.approved_at <= at]
    is_resolved = row.resolved is not None and row.resolved.published_at <= at
    tenderers = row.tenderers if is_resolved else []
    found: Data = {
        "parties": parties_of(row, site, awards, tenderers),
        "buyer": reference(department_id(row.department), row.department.name),
        "planning": planning_of(row, was, at),
        "tender": tender_of(row, was, at, site, amended or {}),
    }
    if tenderers:
        found["tender"]["tenderers"] = [reference(id_of(each), each.name) for each in tenderers]
    if awards:
        found["awards"] = [award_of(row, each, at) for each in awards]
        found["contracts"] = [contract_of(row, each, at, site) for each in awards]
    return found
