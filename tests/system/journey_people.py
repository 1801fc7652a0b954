"""People who click: each has a page of their own and finds things by what they are called on it."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.system.browsing import again
from tests.system.portal import Portal

MADRID = ZoneInfo("Europe/Madrid")
PASSWORD = "una-clave-muy-larga-155"  # noqa: S105 - of invented people, in a database that lives for one test


def address(name: str) -> str:
    """Return the e-mail address of somebody of the journey."""
    return f"{name}@example.test"


def moment(day: str, time: str = "09:00") -> datetime:
    """Return an instant of Madrid."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=MADRID)


class Person:
    """Somebody before the browser. Only `goto` types an address; everything else is a click or a key."""

    def __init__(self, page: Any) -> None:
        """Sit down before a page."""
        self.page = page

    @property
    def main(self) -> Any:
        """What is between the header and the footer."""
        return self.page.get_by_role("main")

    @property
    def path(self) -> str:
        """Where the page is, without the host."""
        return urlsplit(self.page.url).path

    def goto(self, path: str) -> int:
        """Open an address and return the status."""
        return int(self.page.goto(path).status)

    def desk(self) -> None:
        """Go to one's own desk."""
        self.goto("/mesa/")

    def follow(self, name: str | re.Pattern[str], *, within: Any = None, exact: bool = False) -> None:
        """Click on the first link of this name."""
        (within or self.main).get_by_role("link", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def menu(self, name: str) -> None:
        """Choose from one's own menu in the header."""
        banner = self.page.get_by_role("banner")
        banner.get_by_role("group").locator("summary").click()
        banner.get_by_role("group").get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def press(self, name: str | re.Pattern[str], *, within: Any = None, exact: bool = False) -> None:
        """Click on the one button of this name."""
        (within or self.main).get_by_role("button", name=name, exact=exact).click()
        self.page.wait_for_load_state()

    def confirm(self, name: str, *, within: Any = None) -> None:
        """Unfold what asks to be sure, and say yes."""
        place = within or self.main
        place.locator("summary").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).click()
        place.get_by_role("button", name=f"Sí: {name}").click()
        self.page.wait_for_load_state()

    def unfold(self, name: str, *, within: Any = None) -> None:
        """Open what is folded under a title."""
        (within or self.main).locator("summary").filter(has_text=name).click()

    def field(self, label: str, *, within: Any = None) -> Any:
        """Return the field of a label, which may go on with "(opcional)"."""
        words = re.compile(rf"^\s*{re.escape(label)}(\s*\(opcional\))?\s*$")
        return (within or self.main).get_by_label(words)

    def write(self, values: dict[str, str], *, within: Any = None) -> None:
        """Write in fields, by their labels."""
        for label, value in values.items():
            self.field(label, within=within).fill(value)

    def choose(self, label: str, option: str, *, within: Any = None) -> None:
        """Choose an option of a list, by its words."""
        self.field(label, within=within).select_option(label=option)

    def tick(self, label: str, *, within: Any = None) -> None:
        """Tick a box or a radio button."""
        self.field(label, within=within).check()

    def attach(self, label: str, file: Path | dict[str, Any]) -> None:
        """Choose a file of one's computer."""
        self.field(label).set_input_files(file)

    def sees(self, *texts: str | re.Pattern[str], within: Any = None) -> None:
        """Fail when a text isn't on the page."""
        for text in texts:
            expect((within or self.main).get_by_text(text).first).to_be_visible()

    def sees_not(self, *texts: str) -> None:
        """Fail when a text is anywhere in the page."""
        content = again(self.page, self.page.content)
        for text in texts:
            assert text not in content, f"{text!r} is on {self.page.url}"

    def told(self, text: str | re.Pattern[str]) -> None:
        """Fail when the last action wasn't answered with this."""
        expect(
            self.page.get_by_role("status").or_(self.page.get_by_role("alert")).filter(has_text=text).first
        ).to_be_visible()

    def refused(self, label: str, why: str | re.Pattern[str]) -> None:
        """Fail when the error isn't beside this field: it is what a screen reader says with the field."""
        self.page.expected.append("422")  # the console says so
        expect(self.field(label)).to_have_accessible_description(re.compile(why) if isinstance(why, str) else why)

    def download(self, name: str | re.Pattern[str]) -> bytes:
        """Click on a link that gives a file, and return the file."""
        with self.page.expect_download() as waiting:
            self.main.get_by_role("link", name=name).first.click()
        return Path(waiting.value.path()).read_bytes()


class Journey:
    """The portal, the people and what they know of it so far."""

    def __init__(
        self,
        portal: Portal,
        *,
        sign_in: Callable[..., Any],
        new_page: Callable[..., Any],
        axe: Callable[[Any], None],
    ) -> None:
        """Nobody is there yet."""
        self.portal = portal
        self.axe = axe
        self.people: dict[str, Person] = {}
        self.looked_at: dict[str, float] = {}
        self.notes: dict[str, Any] = {}  # what somebody wrote down on the way: codes, addresses
        self._sign_in, self._new_page = sign_in, new_page

    def person(self, name: str) -> Person:
        """Return somebody, signed in from their own browser; `visitor` has no account."""
        if name not in self.people:
            page = (
                self._new_page(self.portal)
                if name.startswith("visitor")
                else self._sign_in(self.portal, address(name), PASSWORD)
            )
            self.people[name] = Person(page)
        return self.people[name]

    def travel(self, day: str, time: str = "09:00") -> None:
        """Let the one clock go on from an instant, once every e-mail is out: a lease must not seem to expire."""
        self.wait_until_every_mail_is_out()
        self.portal.travel(moment(day, time))

    def wait_until_every_mail_is_out(self) -> None:
        """Return once nothing waits in the outbox."""
        waiting = "SELECT 1 FROM notifications_outgoingemail WHERE sent_at IS NULL"
        self.portal.wait_for(lambda: not self.portal.sql(waiting), what="empty outbox")

    def look(self, person: Person, name: str) -> None:
        """Check a page of the journey once: in Spanish as it stands, and its English twin."""
        if name in self.looked_at:
            return
        self.looked_at[name] = 0
        self.axe(person.page)
        twin = person.page.context.new_page()
        twin.goto(person.page.get_by_role("banner").get_by_role("link", name="English").get_attribute("href"))
        assert twin.locator("html").get_attribute("lang") == "en", twin.url
        self.axe(twin)
        twin.close()
