"""System tests: the real stack and a real browser."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from govtech.embedded import PostgresServer
from tests import browser as chromium
from tests import environment
from tests.system.browsing import again, settled
from tests.system.portal import BASE_DIR, Portal, manage, settings_variables

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RESULTS = BASE_DIR / "test-results"
WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile);
});
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here, give it time, and run it last: it uses most of the machine.

    Two processes share them (`--dist loadgroup`): one loads the demonstration for all tests that need it.
    """
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            needs = getattr(item, "fixturenames", ())
            item.add_marker("system")
            item.add_marker(pytest.mark.timeout(900))
            item.add_marker(pytest.mark.xdist_group("demo" if "demo_database" in needs else Path(item.path).stem))
    items.sort(key=lambda item: item.get_closest_marker("system") is not None)


# A bar that stays in view covers targets that scrolling uncovers.
UNSTUCK = "for (const bar of document.querySelectorAll('.savebar')) bar.style.position = 'static'"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let fixtures see whether their test failed."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[FAILED] = report.failed


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def system_static() -> Path:
    """Static files, collected once for the run."""
    target = environment.folder() / f"static-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    manage({**os.environ, "TESTING": "0", "STATIC_ROOT": str(target)}, "collectstatic", "--no-input", "--verbosity=0")
    return target


@pytest.fixture(scope="session")
def migrated_database() -> str:
    """Name of a database with the schema and the reference data only."""
    return environment.migrated()


@pytest.fixture(scope="session")
def demo_database(postgres: PostgresServer, migrated_database: str) -> Iterator[str]:
    """Name of a database with the demonstration's data. Its files lie in `demo_files`."""
    name = f"demo_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    environment.clone(postgres, migrated_database, name)
    env = settings_variables(postgres, name, environment.folder() / "demo")
    manage({**env, "DEMO": "1"}, "load_demo")
    yield name
    environment.drop(postgres, name)


def _open(portal: Portal) -> Iterator[Portal]:
    try:
        portal.open()
        yield portal
    finally:
        portal.close()


@pytest.fixture(scope="module")
def portal(
    postgres: PostgresServer, migrated_database: str, system_static: Path, tmp_path_factory: Any, django_db_blocker: Any
) -> Iterator[Portal]:
    """The portal with reference data, shared by the tests of a module."""
    with django_db_blocker.unblock():
        yield from _open(Portal(postgres, migrated_database, tmp_path_factory.mktemp("portal"), system_static))


@pytest.fixture(scope="module")
def demo_portal(
    postgres: PostgresServer, demo_database: str, system_static: Path, tmp_path_factory: Any, django_db_blocker: Any
) -> Iterator[Portal]:
    """The portal with the demonstration's data, shared by the tests of a module."""
    portal = Portal(postgres, demo_database, tmp_path_factory.mktemp("demo"), system_static)
    portal.env |= {"DEMO": "1", "PRIVATE_FILES_DIR": str(environment.folder() / "demo" / "files")}
    with django_db_blocker.unblock():
        yield from _open(portal)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium. Without one the tests are skipped, or fail in CI."""
    program = chromium.path()
    if not program:
        message = "There is no Chromium: install Debian's package chromium, or set CHROMIUM=/path/to/chromium."
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - slow, and only for these tests

    expect.set_options(timeout=60_000)  # a machine that does other work, too, answers later

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """`new_page(portal, **context)`: a page in its own context, in Spanish, 1280 wide.

    The test fails when a page broke the Content-Security-Policy, raised an error in script or could not load a
    file. `page.expected` takes regular expressions of console lines that the test provokes.
    """
    opened: list[tuple[Any, Any, list[str], dict[int, str]]] = []

    def make(portal: Portal, **options: Any) -> Any:
        context = browser.new_context(
            **{"base_url": portal.url, "locale": "es-ES", "viewport": {"width": 1280, "height": 900}, **options}
        )
        context.set_default_timeout(60_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.expected = []
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        waiting: dict[int, str] = {}  # requests without an answer
        page.on("request", lambda asked: waiting.update({id(asked): f"{asked.method} {asked.url}"}))
        for ended in ("requestfinished", "requestfailed"):
            page.on(ended, lambda asked: waiting.pop(id(asked), None))
        opened.append((context, page, troubles, waiting))
        return page

    yield make
    from playwright.sync_api import Error  # noqa: PLC0415 - slow, and only for these tests

    problems = []
    for number, (context, page, troubles, waiting) in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            print(f"Page {number} at {page.url}. Unanswered: {sorted(waiting.values())}")
            RESULTS.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name)
            with suppress(Error):  # what failed is told anyway
                page.screenshot(path=RESULTS / f"{name}-{number}.png", full_page=True)
                (RESULTS / f"{name}-{number}.html").write_text(page.content())
        problems += again(page, lambda page=page: page.evaluate("window.__violations || []"))
        problems += [line for line in troubles if not any(re.search(known, line) for known in page.expected)]
        context.close()
    assert problems == []


@pytest.fixture
def page(portal: Portal, new_page: Callable[..., Any]) -> Any:
    """One page on the portal, nobody signed in."""
    return new_page(portal)


@pytest.fixture
def sign_in(new_page: Callable[..., Any]) -> Callable[..., Any]:
    """`sign_in(portal, email, password)`: a page of its own on which that person has signed in."""

    def make(portal: Portal, address: str, password: str, **options: Any) -> Any:
        page = new_page(portal, **options)
        page.goto("/cuenta/login/")
        page.fill("input[name=login]", address)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/cuenta/login/" not in url)
        return page

    return make


@pytest.fixture
def axe() -> Callable[[Any], None]:
    """`axe(page)`: fail when the page breaks a rule of WCAG 2.2 AA that a machine can see."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only for these tests

    def run(page: Any) -> Any:
        """Run axe on the page once it stands; again where it was still being left for the next one."""

        def look() -> Any:
            settled(page)
            page.evaluate(UNSTUCK)
            return Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response

        return again(page, look)

    def check(page: Any) -> None:
        results = run(page)
        found = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {node['html'][:200]}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]
        assert found == [], f"{page.url}\n" + "\n".join(found)

    return check
