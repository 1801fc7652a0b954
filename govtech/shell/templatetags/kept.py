"""Pieces of pages that are made once for what they are given.

    {% kept label=option.label count=option.count %}<label>{{ label }} ({{ count }})</label>{% endkept %}

The piece sees only the names it is given, the language, and of `portal` what is the same on every page: no user, no
request, no instant. A piece that asks the database fails. What values may be: `govtech.shell.kept`.
"""

from typing import Any

from django import template
from django.db import connection
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from govtech.shell.context import Installation
from govtech.shell.kept import refuse, remembered

register = template.Library()


class KeptNode(template.Node):
    """A piece of a page and what it is made of."""

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        """Know the piece."""
        self.nodelist = nodelist
        self.values = values
        self.names = tuple(values)

    def render(self, context: template.Context) -> SafeString:
        """Return what was made of the same values, or make it."""
        found = [value.resolve(context) for value in self.values.values()]

        whole: Any = context.template

        def make() -> SafeString:
            names = {"portal": Installation(), "LANGUAGE_CODE": get_language()}
            inner = template.Context({**names, **dict(zip(self.names, found, strict=True))}, context.autoescape)
            with (
                inner.bind_template(whole),
                inner.render_context.push_state(whole),
                connection.execute_wrapper(refuse),
            ):
                return self.nodelist.render(inner)

        page: Any = context.render_context
        known = page.setdefault(remembered, {})  # rows that several pieces of the page are made of
        return remembered(self, found, make, known)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep a piece: `{% kept name=value … %} … {% endkept %}`."""
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("kept takes name=value pairs: what the piece is made of.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)
