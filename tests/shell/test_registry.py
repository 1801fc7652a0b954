"""Menus, slots, desk: what other apps add to the shell."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import override

from govtech.shell import registry
from govtech.shell.registry import Desk, DeskItem, Links, Section, Sections, Slots

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANYONE = AnonymousUser()


class Row(SimpleNamespace):
    """A stand-in for a model's row."""


def test_links_come_in_order_and_mark_where_you_are():
    links = Links()
    links.register("home", "Home", "shell:home", 20)
    links.register("desk", "Desk", "shell:desk", 10)

    entries = links.entries("/mesa/")

    assert [entry["key"] for entry in entries] == ["desk", "home"]
    assert [entry["current"] for entry in entries] == ["page", ""]


def test_links_mark_the_section_a_page_lies_in():
    links = Links()
    links.register("desk", "Desk", "shell:desk", 10)

    assert links.entries("/mesa/algo/")[0]["current"] == "true"


def test_a_link_without_page_is_not_shown():
    links = Links()
    links.register("nowhere", "Nowhere", "nowhere:page", 10)

    assert links.entries("/") == []


def test_links_follow_the_language_and_who_is_allowed():
    links = Links()
    links.register("desk", "Desk", "shell:desk", 10, allowed=lambda user: user == "officer")

    with override("en"):
        assert links.entries("/")[0]["url"] == "/en/desk/"
    assert links.entries("/", user="company") == []
    assert len(links.entries("/", user="officer")) == 1


@pytest.mark.parametrize("links", [registry.nav, registry.footer, registry.account, registry.desk_links])
def test_every_registered_link_has_its_page(links):
    for link in links:
        assert reverse(link.url_name)


def test_slots_ask_each_app_once_for_all_rows():
    slots, calls = Slots(), []

    def counts(objects, *, user):
        calls.append(len(objects))
        return {thing.pk: mark_safe(f"<b>{thing.pk}</b>") for thing in objects}

    slots.register("row", counts, 20)
    slots.register("row", lambda objects, *, user: {1: mark_safe("first ")}, 10)
    rows = [Row(pk=1), Row(pk=2)]

    slots.prepare("row", rows, ANYONE)

    assert calls == [2]
    assert [slots.html("row", row) for row in rows] == ["first <b>1</b>", "<b>2</b>"]


def test_slots_refuse_text_that_nobody_made_safe():
    slots = Slots()
    slots.register("row", lambda objects, *, user: {1: "<b>"}, 10)

    with pytest.raises(TypeError, match="safe HTML"):
        slots.prepare("row", [Row(pk=1)], ANYONE)


def test_a_slot_nobody_prepared_is_a_mistake_of_the_view():
    with pytest.raises(LookupError, match="prepare"):
        Template('{% slot "challenge.row" row %}').render(Context({"row": Row(pk=1)}))


def test_a_page_slot_needs_no_preparation_and_passes_the_request(monkeypatch):
    slots = Slots()
    slots.register("aside", lambda objects, *, user, request: {1: mark_safe(request.path)}, 10)
    monkeypatch.setattr("govtech.shell.templatetags.components.slots", slots)
    request = RequestFactory().get("/retos/agua/")
    request.user = ANYONE

    html = Template('{% page_slot "aside" row %}').render(Context({"row": Row(pk=1), "request": request}))

    assert html == "/retos/agua/"


def test_the_same_function_registered_twice_counts_once():
    slots, desk, sections = Slots(), Desk(), Sections()

    def slot(objects, *, user):
        return {1: mark_safe("x")}

    def items(user, *, at):
        return [DeskItem(None, "a", "", "", "")]

    def part(user, *, at):
        return Section("a.html")

    for _ in range(2):
        slots.register("row", slot, 1)
        desk.register(items)
        sections.register(part, 1)
    row = Row(pk=1)
    slots.prepare("row", [row], ANYONE)

    assert slots.html("row", row) == "x"
    assert len(desk.items(ANYONE, at=AT)) == 1
    assert len(sections.sections(ANYONE, at=AT)) == 1


def test_desk_puts_the_nearest_deadline_first_and_undated_last():
    desk = Desk()
    desk.register(lambda user, *, at: [DeskItem(None, "whenever", "", "", ""), DeskItem(at, "now", "", "", "")])
    desk.register(lambda user, *, at: [DeskItem(at - timedelta(days=1), "late", "", "", "", late=True)])

    assert [item.title for item in desk.items(ANYONE, at=AT)] == ["late", "now", "whenever"]


def test_sections_come_in_order_one_many_or_none():
    sections = Sections()
    sections.register(lambda user, *, at: [Section("c.html"), Section("d.html")], 30)
    sections.register(lambda user, *, at: None, 20)
    sections.register(lambda user, *, at: Section("a.html"), 10)

    assert [section.template for section in sections.sections(ANYONE, at=AT)] == ["a.html", "c.html", "d.html"]
