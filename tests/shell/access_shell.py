"""Who may open the shell's own pages."""

from tests.access import Route, everybody, only, signed_in

ROUTES = {
    "shell:home": Route(get=everybody(), post=everybody(405)),
    "shell:robots": Route(get=everybody(), post=everybody(405)),
    "shell:brand": Route(get=everybody(), post=everybody(405)),
    "shell:desk": Route(get=signed_in()),
    "shell:components": Route(get=only("officer", "director", "administrator")),
}
