"""How fields are rendered, and amounts read."""

from decimal import Decimal

import pytest
from django import forms
from django.utils.translation import override

from govtech.shell.forms import DayInput, EurosField, InstantInput
from govtech.shell.templatetags.components import form_errors


class Sample(forms.Form):
    title = forms.CharField(label="Título", help_text="Nombra el problema.")
    story = forms.CharField(
        label="Relato", required=False, widget=forms.Textarea(attrs={"data-max-words": 600, "class": "own"})
    )
    kind = forms.ChoiceField(label="Tipo", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="Uno.")
    agreed = forms.BooleanField(label="De acuerdo")
    area = forms.ChoiceField(label="Área", choices=[("x", "X")], required=False)
    secret = forms.CharField(widget=forms.HiddenInput)
    trap = forms.CharField(label="No", required=False, widget=forms.TextInput(attrs={"class": "d-none"}))


@pytest.fixture
def wrong():
    form = Sample({"story": "uno dos tres", "secret": ""})
    assert not form.is_valid()
    return form


def test_error_stands_above_the_input_and_is_tied_to_it(wrong):
    html = wrong["title"].as_field_group()

    assert (
        html.index('for="id_title"')
        < html.index('id="id_title_helptext"')
        < html.index('id="id_title_error"')
        < html.index("<input")
    )
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_a_right_field_is_described_by_its_help_only():
    html = Sample()["title"].as_field_group()

    assert 'aria-describedby="id_title_helptext"' in html
    assert "aria-invalid" not in html


def test_choices_are_a_fieldset_with_legend(wrong):
    html = wrong["kind"].as_field_group()

    assert "<fieldset" in html
    assert "<legend>Tipo" in html
    assert 'aria-describedby="id_kind_helptext id_kind_error"' in html
    assert html.count('class="form-check-input') == 2
    assert 'for="id_kind_1"' in html


def test_optional_fields_say_so_and_required_ones_say_nothing():
    form = Sample()

    with override("es"):
        assert "(opcional)" in form["story"].as_field_group()
        assert "(opcional)" not in form["title"].as_field_group()


def test_word_counter_counts_what_is_there(wrong):
    with override("es"):
        html = wrong["story"].as_field_group()

    assert "3 de 600 palabras" in html
    assert 'data-count-for="id_story"' in html
    assert 'class="own form-control"' in html


def test_looks_follow_the_kind_of_input():
    form = Sample()

    assert 'class="form-select"' in str(form["area"])
    assert 'class="form-check-input"' in str(form["agreed"])
    assert "class" not in str(form["secret"])


def test_a_trap_for_robots_is_shown_to_nobody():
    html = Sample()["trap"].as_field_group()

    assert html.startswith('<div class="d-none" aria-hidden="true">')


def test_summary_links_each_problem_to_its_field_and_takes_the_focus(wrong):
    wrong.add_error(None, "Fuera de plazo.")
    html = form_errors(wrong)

    assert 'role="alert"' in html
    assert 'tabindex="-1" data-focus' in html
    assert 'href="#id_title"' in html
    assert 'href="#id_kind"' in html
    assert "Fuera de plazo." in html
    assert "#id_secret" not in html


def test_the_place_the_summary_links_to_exists(wrong):
    html = str(wrong)
    for place in html.split('href="#')[1:]:
        assert f'id="{place.split(chr(34))[0]}"' in html


def test_no_summary_without_problems():
    assert form_errors(Sample()) == ""


def test_what_people_typed_is_escaped():
    form = Sample({"title": '"><script>x</script>'})

    assert "<script>" not in str(form)


def test_pickers_hold_what_browsers_send():
    class Dates(forms.Form):
        day = forms.DateField(widget=DayInput)
        instant = forms.DateTimeField(widget=InstantInput)

    with override("es"):
        form = Dates({"day": "2026-12-12", "instant": "2026-12-12T14:00"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["instant"].isoformat() == "2026-12-12T14:00:00+01:00"
        shown = Dates(initial=form.cleaned_data)
        assert 'value="2026-12-12"' in str(shown["day"])
        assert 'value="2026-12-12T14:00"' in str(shown["instant"])


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "14500", "14500"),
        ("es", "14.500", "14500"),
        ("es", "14.500,50 €", "14500.50"),
        ("es", "14500,5", "14500.5"),
        ("es", "14500.50", "14500.50"),
        ("es", "1.234.567", "1234567"),
        ("en", "14,500.50", "14500.50"),
        ("en", "14,500", "14500"),
        ("en", "14500,5", "14500.5"),
    ],
)
def test_an_amount_is_read_as_the_language_writes_it(language, text, expected):
    with override(language):
        assert EurosField().clean(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [("-3", "min_value"), ("catorce", "invalid"), ("1.2.3", "invalid"), ("10,005", "max_decimal_places"),
     ("99999999999999", "max_digits"), ("nan", "invalid"), ("", "required"), ("1e3", "invalid")],
)  # fmt: skip
def test_a_wrong_amount_is_refused_in_words(text, code):
    with override("es"), pytest.raises(forms.ValidationError) as refusal:
        EurosField().clean(text)

    assert refusal.value.error_list[0].code == code


@pytest.mark.parametrize(("language", "shown"), [("es", "14.500,50"), ("en", "14,500.50")])
def test_an_amount_is_shown_the_way_it_is_read(language, shown):
    field = EurosField()

    with override(language):
        assert field.widget.format_value(Decimal("14500.50")) == shown
        assert field.clean(shown) == Decimal("14500.50")
