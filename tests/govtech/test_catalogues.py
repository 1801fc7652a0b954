"""Message catalogues: every text found, nothing translated lost, every fault named."""

from pathlib import Path

import pytest
from django.conf import settings

from govtech import catalogues
from govtech.catalogues import SourceError, Text

MODULE = """
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext, pgettext_lazy
a = _("Plain")
b = _lazy("Joined " "text {name}")
c = ngettext("One answer", "%(count)d answers", 3)
d = pgettext_lazy("url", "challenges/")
e = _(a)
"""
TEMPLATE = """{% load i18n %}
{% translate "Out of 100%" %} {% translate 'May' context "month" %} {{ name|default:_("Nobody") }}
{% blocktranslate trimmed count n=rows|length with who=user.name %}
  {{ n }} row (of {{ who }})
{% plural %}
  {{ n }} rows (of {{ who }})
{% endblocktranslate %}
{% comment %}{% translate "Hidden" %}{% endcomment %}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "govtech").mkdir()
    (tmp_path / "challenges").mkdir()
    (tmp_path / "templates" / "challenges").mkdir(parents=True)
    (tmp_path / "challenges" / "texts.py").write_text(MODULE)
    (tmp_path / "templates" / "challenges" / "page.html").write_text(TEMPLATE)
    (tmp_path / "templates" / "base.html").write_text('{% translate "Skip to content" %}')
    return tmp_path


def translate(base: Path, **translations: str) -> None:
    """Write the catalogue of challenges with every text translated as itself, but for `translations`."""
    catalogue = catalogues.merge(base, "challenges")
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = translations.get(entry.msgid, entry.msgid)
    catalogues.write(base, "challenges", catalogue)


def test_finds_every_text_of_modules_and_templates(base: Path) -> None:
    found = catalogues.collect(base, "challenges")

    assert found == {
        Text("Plain"),
        Text("Joined text {name}"),
        Text("One answer", plural="%(count)d answers"),
        Text("challenges/", context="url"),
        Text("Out of 100%%"),
        Text("May", context="month"),
        Text("Nobody"),
        Text("%(n)s row (of %(who)s)", plural="%(n)s rows (of %(who)s)"),
    }
    assert catalogues.collect(base, "govtech") == {Text("Skip to content")}


def test_merge_keeps_translations_and_drops_what_is_gone(base: Path) -> None:
    translate(base, Plain="Sencillo")
    (base / "challenges" / "texts.py").write_text('_("Plain"); _("New")')

    catalogue = catalogues.merge(base, "challenges")

    found = {entry.msgid: entry.msgstr for entry in catalogue}
    assert found["Plain"] == "Sencillo"
    assert found["New"] == ""
    assert "Joined text {name}" not in found


def test_a_text_translated_in_another_catalogue_takes_that(base: Path) -> None:
    translate(base, Plain="Sencillo")
    (base / "govtech" / "texts.py").write_text('_("Plain")')

    assert catalogues.merge(base, "govtech").find("Plain").msgstr == "Sencillo"


def test_complete_catalogue_has_no_problems(base: Path) -> None:
    translate(base)

    assert list(catalogues.problems(base, "challenges")) == []


@pytest.mark.parametrize(
    ("text", "translation", "reason"),
    [
        ("Plain", "", "not translated"),
        ("Joined text {name}", "Texto {nombre}", "placeholders"),
        ("Joined text {name}", "Texto", "placeholders"),
        ("Plain", "Sencillo %(extra)s", "placeholders"),
    ],
)
def test_names_each_bad_translation(base: Path, text: str, translation: str, reason: str) -> None:
    translate(base, **{text: translation})

    (problem,) = catalogues.problems(base, "challenges")

    assert reason in problem
    assert repr(text) in problem


def test_names_a_text_that_nobody_collected(base: Path) -> None:
    translate(base)
    (base / "challenges" / "more.py").write_text('_("Forgotten")')

    assert list(catalogues.problems(base, "challenges")) == ["challenges: not in the catalogue: 'Forgotten'"]


def test_names_a_text_that_two_catalogues_translate_differently(base: Path) -> None:
    (base / "govtech" / "texts.py").write_text('_("Plain"); _("Agreed")')
    (base / "challenges" / "more.py").write_text('_("Agreed"); pgettext("url", "Plain")')
    for label, words in (("govtech", "Llano"), ("challenges", "Sencillo")):
        catalogue = catalogues.merge(base, label)
        for entry in catalogue:
            entry.msgstr = words if entry.msgid == "Plain" and not entry.msgctxt else "De acuerdo"
        catalogues.write(base, label, catalogue)

    (clash,) = catalogues.clashes(base)

    assert "'Plain' is translated in two ways" in clash
    assert "govtech: 'Llano'; challenges: 'Sencillo'" in clash


def test_no_page_shows_the_words_of_another_app() -> None:
    assert list(catalogues.clashes(settings.BASE_DIR)) == []


def test_refuses_an_f_string_and_a_broken_module(base: Path) -> None:
    (base / "challenges" / "more.py").write_text('_(f"Hello {name}")')
    with pytest.raises(SourceError, match=r"more\.py:1: an f-string"):
        catalogues.collect(base, "challenges")

    (base / "challenges" / "more.py").write_text("def (")
    with pytest.raises(SourceError, match=r"more\.py:1"):
        catalogues.merge(base, "challenges")


def test_an_interrupted_compilation_leaves_nothing(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translate(base, Plain="Sencillo")

    def interrupted(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        catalogues.compile_all(base)

    assert [path.suffix for path in base.rglob("LC_MESSAGES/*")] == [".po"]


def test_compiles_only_what_changed(base: Path) -> None:
    translate(base, Plain="Sencillo")

    first = catalogues.compile_all(base)
    second = catalogues.compile_all(base)

    assert [path.name for path in first] == ["django.mo"]
    assert second == []
