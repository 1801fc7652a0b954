"""A person's Markdown as clean HTML: parsed without raw HTML, then cleaned again."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "blockquote",
    "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_SCHEME = "imagen:"
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")
_illustrated = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


class Picture(NamedTuple):
    """A picture of ours that a text may show, written `![](imagen:key)`. Its alternative text is its own."""

    url: str
    alt: str
    width: int
    height: int


def _demote(tokens: list[Token], by: int) -> None:
    """Put the text's headings below the page's: its first level becomes the one `by` further down."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + by, 6)}"


def _images(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Give each image: the token it stands in, and its place there."""
    for token in tokens:
        for number, child in enumerate(token.children or []):
            if child.type == "image":
                yield token, number


def images_of(text: str) -> list[str]:
    """Return the keys of the pictures that a text names, and the whole address of what isn't ours.

    >>> images_of("![](imagen:abc) y ![x](https://example.test/a.png)")
    ['abc', 'https://example.test/a.png']
    """
    found = [str((token.children or [])[n].attrs.get("src", "")) for token, n in _images(_illustrated.parse(text))]
    return [src.removeprefix(_SCHEME) for src in found]


def _illustrate(tokens: list[Token], pictures: Mapping[str, Picture]) -> None:
    """Put our pictures where the text names them; of any other its words are left."""
    for token, number in list(_images(tokens)):
        child = (token.children or [])[number]
        src = str(child.attrs.get("src", ""))
        picture = pictures.get(src.removeprefix(_SCHEME)) if src.startswith(_SCHEME) else None
        if picture is None:
            token.children[number] = Token("text", "", 0, content=child.content)  # type: ignore[index]
        else:
            child.attrs = {"src": picture.url, "alt": "", "width": picture.width, "height": picture.height}
            child.children = [Token("text", "", 0, content=picture.alt)]


def render_markdown(text: str, *, top: int = 3, pictures: Mapping[str, Picture] | None = None) -> SafeString:
    """Return safe HTML; the text's first level of headings becomes `h{top}`.

    Links open nothing but http, https and mailto, and tell search engines not to follow. With `pictures`, by their
    keys, those of ours are shown.
    """
    parser = _parser if pictures is None else _illustrated
    tokens = parser.parse(text)
    _demote(tokens, top - 1)
    _illustrate(tokens, pictures or {})
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS if pictures is None else {*_TAGS, "img"},
        attributes={"a": {"href"}, "ol": {"start"}, "img": {"src", "alt", "width", "height"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned just above
