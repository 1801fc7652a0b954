"""Who may open the shell's own pages."""

from tests.access import Route, everybody, only, signed_in

ROUTES = {
    "shell:home": Route(get=everybody(), post=everybody(405)),
    "shell:robots": Route(get=everybody(), post=everybody(405)),
    "shell:sitemap": Route(get=everybody(), post=everybody(405)),
    "shell:sitemap_part": Route(
        get=everybody(), post=everybody(405), kwargs=lambda _world: {"key": "pages", "part": 1}
    ),
    "shell:brand": Route(get=everybody(), post=everybody(405)),
    "shell:desk": Route(get=signed_in()),
    "shell:components": Route(get=only("officer", "director", "administrator")),
}
