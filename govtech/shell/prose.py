"""A person's Markdown as clean HTML: parsed without raw HTML, then cleaned again."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "blockquote",
    "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def _demote(tokens: list[Token], by: int) -> None:
    """Put the text's headings below the page's: its first level becomes the one `by` further down."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + by, 6)}"


def render_markdown(text: str, *, top: int = 3) -> SafeString:
    """Return safe HTML; the text's first level of headings becomes `h{top}`.

    Links open nothing but http, https and mailto, and tell search engines not to follow.
    """
    tokens = _parser.parse(text)
    _demote(tokens, top - 1)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned just above
