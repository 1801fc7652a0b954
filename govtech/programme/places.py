"""Where a video may be shown: steps of forms, named by the app that has them, from its `ready()`."""

from django.utils.functional import Promise

Label = str | Promise
_places: dict[str, tuple[Label, Label]] = {}


def register(key: str, form: Label, step: Label) -> None:
    """Name a step of a form, by the form and the step's own label."""
    _places[key] = (form, step)


def choices() -> list[tuple[str, list[tuple[str, Label]]]]:
    """Return the places by form, for a list to choose from."""
    groups: dict[str, list[tuple[str, Label]]] = {}
    for key, (form, step) in _places.items():
        groups.setdefault(str(form), []).append((key, step))
    return list(groups.items())


def label_of(key: str) -> str:
    """Return a place in words."""
    form, step = _places.get(key, ("", key))
    return f"{form}: {step}" if form else str(step)
