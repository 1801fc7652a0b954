"""Rules on how a draft is written: what it names, how long it is, how easy to read. Each is a small function."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from challenges.calculations.brand import BRANDS, named
from challenges.calculations.reading import LONG_SENTENCE, NORMAL, longest_sentence, reading_score, words_in
from challenges.calculations.wording import BUDGET, UNIT, solution_in_text, solution_in_title
from challenges.models.challenge import Challenge
from challenges.policies.check import ADVICE, OK, STOP, Check

MOST_WORDS = 600  # in each text
SHORT = 20
# Where a text says what is wanted; what was tried, and the systems there are, may name what they are called.
WANTED = {
    "title": "problem", "summary": "problem", "problem": "problem", "affected": "problem", "outcome": "outcome",
    "baseline": "outcome", "target": "outcome", "contribution": "pilot", "adoption": "pilot",
}  # fmt: skip
PROSE = {
    "problem": "problem", "affected": "problem", "tried": "problem", "outcome": "outcome", "place": "setting",
    "systems": "setting", "data_available": "setting", "legal_limits": "setting", "contribution": "pilot",
    "adoption": "pilot",
}  # fmt: skip
READ = ("summary", "problem", "affected", "tried", "outcome")
LEVELS = ((80, "very easy"), (65, "quite easy"), (55, "normal"), (40, "somewhat hard"), (0, "very hard"))

_companies: list[Callable[[str], Iterable[str]]] = []


def register_companies(function: Callable[[str], Iterable[str]]) -> None:
    """Add `function(text) -> names`: the companies known by the apps above that a text names."""
    if function not in _companies:
        _companies.append(function)


def checks(challenge: Challenge) -> list[Check]:
    """Return what there is to say about the wording, in the order of the rules."""
    found: list[Check] = []
    for rule in (solution, brands, adopter, lengths, sentences, reading):
        found += rule(challenge)
    return found


def _label(name: str) -> str:
    return str(Challenge._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def solution(challenge: Challenge) -> list[Check]:
    """A solution named where the problem should be: in the title, or asked for in the texts."""
    found = []
    word = solution_in_title(challenge.title)
    if word:
        text = _("The title names a solution («%(word)s»). Try to name the problem.") % {"word": word}
        found.append(Check(ADVICE, text, "problem", "title", rule="title_solution"))
    for name, step in (("summary", "problem"), ("problem", "problem"), ("outcome", "outcome")):
        words = solution_in_text(getattr(challenge, name))
        if words:
            text = _("It asks for a tool («%(words)s»). Tell the change you need, and let companies say how.")
            found.append(Check(ADVICE, text % {"words": words}, step, name, rule="text_solution"))
    return found


def brands(challenge: Challenge) -> list[Check]:
    """A brand, or a company that is known here, where the draft says what it wants."""
    text = "\n".join(getattr(challenge, name) for name in WANTED)
    known = {name for function in _companies for name in function(text)}
    found = []
    for name, step in WANTED.items():
        for brand in named(getattr(challenge, name), [*BRANDS, *sorted(known)]):
            words = _("It names a brand or a company: «%(brand)s». Say what it must do, not what it is called.")
            found.append(Check(ADVICE, words % {"brand": brand}, step, name, rule="brand"))
    return found


def adopter(challenge: Challenge) -> list[Check]:
    """Who would go on with it names no unit, or no money."""
    if not challenge.adoption.strip():
        return []  # it is said that it is missing
    found = []
    if not UNIT.search(challenge.adoption):
        text = _("It doesn't name the unit that would go on with it.")
        found.append(Check(ADVICE, text, "pilot", "adoption", rule="adoption_unit"))
    if not BUDGET.search(challenge.adoption):
        text = _("It doesn't say with which budget it would go on.")
        found.append(Check(ADVICE, text, "pilot", "adoption", rule="adoption_budget"))
    return found


def lengths(challenge: Challenge) -> list[Check]:
    """A text that is too long to be read, or a problem told in too few words."""
    found = []
    for name, step in PROSE.items():
        count = len(getattr(challenge, name).split())
        if count > MOST_WORDS:
            text = _("«%(field)s» has %(count)s words and the most is %(most)s. Shorten it, or attach a document.")
            values = {"field": _label(name), "count": count, "most": MOST_WORDS}
            found.append(Check(STOP, text % values, step, name, rule="too_long"))
    if 0 < len(words_in(challenge.problem)) < SHORT:
        text = _("The problem is told in few words. Would somebody from outside understand it?")
        found.append(Check(ADVICE, text, "problem", "problem", rule="problem_short"))
    return found


def sentences(challenge: Challenge) -> list[Check]:
    """The longest sentence of each text, where it is too long."""
    found = []
    for name, step in {"summary": "problem", **PROSE}.items():
        count, sentence = longest_sentence(getattr(challenge, name))
        if count > LONG_SENTENCE:
            text = _("A sentence of %(count)s words in «%(field)s»: «%(start)s…». Can it be two?")
            values = {"count": count, "field": _label(name), "start": " ".join(sentence.split()[:6])}
            found.append(Check(ADVICE, text % values, step, name, rule="long_sentence"))
    return found


def reading(challenge: Challenge) -> list[Check]:
    """How easy the Spanish texts of problem and outcome are to read (`calculations.reading`)."""
    score = reading_score("\n".join(getattr(challenge, name) for name in READ))
    if score is None:
        return []
    values = {"score": score, "level": _level(score)}
    if score >= NORMAL:
        return [Check(OK, _("Easy to read: %(score)s of 100 (%(level)s)") % values, "problem", rule="reading")]
    text = _("Hard to read: %(score)s of 100 (%(level)s). Shorter sentences and everyday words help.") % values
    return [Check(ADVICE, text, "problem", "problem", rule="reading")]


def _level(score: int) -> str:
    names = {
        "very easy": _("very easy"),
        "quite easy": _("quite easy"),
        "normal": _("normal"),
        "somewhat hard": _("somewhat hard"),
        "very hard": _("very hard"),
    }
    return names[next(name for least, name in LEVELS if score >= least)]
