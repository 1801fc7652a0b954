"""A person without a browser: cookies, forms with their token, redirects. Many of them may act at once."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.cookiejar import CookieJar
from typing import Any

from tests.system.portal import SECONDS, Portal

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="([^"]+)"')  # what the page that hands in showed


@dataclass
class Answer:
    """What the server said: status, where we ended up, the page's text, headers."""

    status: int
    path: str
    text: str
    headers: Message


class Visitor:
    """Somebody who opens pages and sends forms of one portal."""

    def __init__(self, portal: Portal) -> None:
        """Come in without a cookie."""
        self.portal = portal
        self.jar = CookieJar()
        self.token = ""
        self.seen = ""

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._open(path, None)

    def post(self, path: str, **fields: Any) -> Answer:
        """Send a form, with the token of the last page that had one."""
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        return self._open(path, data)

    def send(self, path: str, **fields: Any) -> Answer:
        """Open a page and send its form."""
        self.get(path)
        return self.post(path, **fields)

    def sign_in(self, address: str, password: str) -> "Visitor":
        """Sign in, by the form."""
        answer = self.send("/cuenta/login/", login=address, password=password)
        assert answer.path == "/mesa/", (answer.status, answer.path)
        return self

    def _open(self, path: str, data: bytes | None) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            with opener.open(self.portal.url + path, data, timeout=SECONDS) as response:
                answer = self._answer(response)
        except urllib.error.HTTPError as error:
            with error:
                answer = self._answer(error)
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        if found := SEEN.search(answer.text):
            self.seen = found[1]
        return answer

    @staticmethod
    def _answer(response: Any) -> Answer:
        text = unescape(response.read().decode(errors="replace"))
        return Answer(response.status, urllib.parse.urlsplit(response.url).path, text, response.headers)
