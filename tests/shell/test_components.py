"""Components: what they refuse, what they escape, what they say to those who don't see them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.translation import override

from govtech.shell.registry import DeskItem

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NASTY = '<script>alert("x")</script>'


def show(source, **context):
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% chip "x" colour="red" %}',
        '{% panel heading="x" %}{% endpanel %}',
        "{% steps items name=1 %}",
        '{% empty "x" link="/" %}',
        '{% post_button "x" href="/" %}',
        '{% post_button "x" %}',
        "{% todo items %}",
        "{% envelope phases colours=1 %}",
        "{% panel %}never closed",
    ],
)
def test_a_wrong_prop_fails_when_the_template_is_compiled(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


@pytest.mark.parametrize(
    ("source", "context"),
    [
        ('{% chip "x" tone="blue" %}', {}),
        ("{% steps items %}", {"items": [("a", "b", "finished")]}),
        ("{% checks items %}", {"items": [("good", "b")]}),
        ('{% post_button "x" url="/" style="big" %}', {}),
    ],
)
def test_a_look_that_does_not_exist_fails_when_shown(source, context):
    with pytest.raises(ValueError, match="is none of"):
        show(source, **context)


@pytest.mark.parametrize(
    ("source", "context"),
    [
        ("{% chip nasty %}", {}),
        ("{% tag nasty url=nasty %}", {}),
        ("{% document nasty url=nasty size=5 kind=nasty %}", {}),
        (
            "{% page_head title=nasty eyebrow=nasty up_url=nasty up_label=nasty state=nasty lead=nasty lang=nasty %}"
            "{{ nasty }}{% endpage_head %}",
            {},
        ),
        ("{% panel title=nasty %}{{ nasty }}{% endpanel %}", {}),
        ("{% notice title=nasty %}{{ nasty }}{% endnotice %}", {}),
        ("{% verdict title=nasty state=nasty url=nasty %}{{ nasty }}{% endverdict %}", {}),
        ("{% table caption=nasty %}{{ nasty }}{% endtable %}", {}),
        ("{% savebar status=nasty %}{{ nasty }}{% endsavebar %}", {}),
        ("{% hint title=nasty %}{{ nasty }}{% endhint %}", {}),
        ("{% empty nasty title=nasty url=nasty label=nasty %}", {}),
        ("{% facts rows %}", {"rows": [(NASTY, NASTY, NASTY)]}),
        ("{% steps rows label=nasty %}", {"rows": [(NASTY, NASTY, "done")]}),
        ("{% stepnav rows label=nasty %}", {"rows": [(NASTY, NASTY, NASTY, "done")]}),
        ("{% checks rows %}", {"rows": [("ok", NASTY, NASTY)]}),
        ("{% weights rows %}", {"rows": [(NASTY, 10, NASTY)]}),
        ("{% line_chart rows title=nasty unit=nasty label=nasty target=3 %}", {"rows": [(NASTY, Decimal(1))]}),
        ("{% todo rows at=at %}", {"rows": [DeskItem(AT, NASTY, NASTY, NASTY, NASTY)], "at": AT}),
        ("{% post_button nasty url=nasty confirm=nasty name=nasty value=nasty %}", {}),
        ("{{ nasty|markdown }}", {}),
        ("{{ nasty|wordmark }}", {}),
        ("{{ nasty|device }}", {}),
    ],
)
def test_every_component_escapes_what_people_wrote(source, context):
    html = show(source, nasty=NASTY, **context)

    assert "<script" not in html
    assert "alert" in html


def test_components_carry_nothing_inline():
    html = show(
        "{% envelope phases %}{% weights rows %}{% line_chart points title='t' target=3 %}"
        "{% post_button 'x' url='/' confirm='y' %}{% savebar %}{% endsavebar %}",
        phases={"paid": Decimal(1)},
        rows=[("a", 10)],
        points=[("a", Decimal(1)), ("b", Decimal(2))],
    )

    for inline in ("style=", "<style", "<script", "onclick", "onsubmit"):
        assert inline not in html


def test_the_content_of_a_page_head_stays_html():
    assert "<p>hello</p>" in show('{% page_head title="t" %} <p>hello</p> {% endpage_head %}')


def test_steps_mark_the_current_one_and_say_what_is_done():
    html = show(
        "{% steps rows %}", rows=[("Publicado", "10 nov", "done"), ("Abierto", "", "current"), ("Fin", "", "todo")]
    )

    assert html.count('aria-current="step"') == 1
    assert html.count("(hecho)") == 1


def test_envelope_says_every_amount_and_draws_shares_of_the_whole():
    html = show("{% envelope phases %}", phases={"available": Decimal(75), "paid": Decimal(25)})

    assert 'aria-label="Pagado 25\xa0€, Disponible 75\xa0€"' in html
    assert 'class="phase-paid" x="0" width="250"' in html
    assert 'class="phase-available" x="250" width="750"' in html


def test_envelope_of_no_money_draws_an_empty_bar():
    assert 'width="0"' in show("{% envelope phases %}", phases={"paid": Decimal(0)})


def test_envelope_refuses_a_phase_that_does_not_exist():
    with pytest.raises(KeyError, match="spent"):
        show("{% envelope phases %}", phases={"spent": Decimal(1)})


ROWS = """{% table caption="Gente" %}<thead><tr><th scope="col">Nombre</th><th scope="col">El "papel"</th>
<th><span class="visually-hidden">Qué hacer</span></th></tr></thead><tbody>{% for name in names %}<tr>
<td>{{ name }}</td><td class="num">titular</td><td><a href="/">Salir</a></td></tr>{% endfor %}</tbody>{% endtable %}"""


def test_the_cells_of_a_table_name_their_column_for_a_phone():
    html = show(ROWS, names=["Ana", NASTY])

    assert html.count('<td role="cell" data-label="El &quot;papel&quot;" class="num">titular</td>') == 2
    assert '<td role="cell">Ana</td>' in html  # the title of its card
    assert html.count('<td role="cell"><a href="/">Salir</a></td>') == 2
    assert html.count('role="columnheader"') == 3
    assert html.count('role="row"') == 3
    assert 'class="table align-middle stacks" role="table"' in html
    assert NASTY not in html


@pytest.mark.parametrize(
    "rows", ["<tbody><tr><td>x</td></tr></tbody>", '<thead><tr><th>A</th></tr></thead><tr><td colspan="2">x</td></tr>']
)
def test_a_table_that_is_no_list_of_rows_scrolls_in_its_box(rows):
    html = show(f'{{% table caption="x" %}}{rows}{{% endtable %}}')

    assert rows in html
    assert "stacks" not in html


def test_line_chart_brings_its_figures_in_a_table():
    html = show(
        "{% line_chart points title='Citas' unit='%' target=target %}",
        points=[("mes 0", Decimal("17.2"))],
        target=Decimal(10),
    )

    assert 'role="img" aria-label="Citas"' in html
    assert '<td class="num">17,2</td>' in html
    assert '<td class="num">10</td>' in html


@pytest.mark.parametrize("values", [[0], [5, 5, 5], [-3, 4], [1000000, 2000000], ["0.001", "0.002"]])
def test_line_chart_stays_inside_its_frame(values):
    html = show("{% line_chart points title='t' %}", points=[(str(n), Decimal(v)) for n, v in enumerate(values)])

    heights = [float(part.split('"')[0]) for part in html.split('cy="')[1:]]
    assert len(heights) == len(values)
    assert all(24 <= height <= 216 for height in heights)


def test_line_chart_without_points_says_so():
    assert "Todavía no se ha medido nada" in show("{% line_chart points title='t' %}", points=[])


def test_todo_says_late_in_words_and_names_each_button():
    html = show(
        "{% todo rows at=at %}",
        rows=[DeskItem(AT - timedelta(days=1), "Abrir RETO", "", "/x/", "Abrir", late=True)],
        at=AT,
    )

    assert "Con retraso:" in html
    assert 'aria-label="Abrir: Abrir RETO"' in html


def test_facts_without_value_are_left_out():
    html = show("{% facts rows %}", rows=[("Lugar", ""), ("Duración", None), ("Premios", 0)])

    assert html.count("<dt>") == 1


def test_pager_keeps_the_search_and_marks_the_page():
    request = RequestFactory().get("/retos/?q=agua&page=2&estado=abierto")
    html = show("{% pager page %}", request=request, page=Paginator(range(50), 10).get_page(2))

    assert 'href="?q=agua&amp;estado=abierto&amp;page=3"' in html
    assert html.count('aria-current="page"') == 1


def test_pager_of_one_page_is_nothing():
    request = RequestFactory().get("/")

    assert show("{% pager page %}", request=request, page=Paginator(range(5), 10).get_page(1)) == ""


def test_post_button_carries_its_token_and_can_ask_first():
    html = show("{% post_button 'Retirar' url='/x/' confirm='Deja de contar.' %}", csrf_token="abc")

    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    assert "<details" in html
    assert "Sí: Retirar" in html


@pytest.mark.parametrize(
    ("language", "expected"),
    [("es", "14.500\xa0€ + 21\xa0% IVA = 17.545\xa0€"), ("en", "€14,500 + 21% VAT = €17,545")],
)
def test_net_and_gross_shows_both(language, expected):
    with override(language):
        assert show("{% net_and_gross net vat_rate=rate %}", net=Decimal(14500), rate=Decimal("21.00")) == expected


def test_net_and_gross_rounds_half_up_once():
    with override("es"):
        assert show("{% net_and_gross net vat_rate=21 %}", net=Decimal("0.50")).endswith("= 0,61\xa0€")  # 0.605


def test_markdown_keeps_structure_and_drops_what_could_harm():
    html = show(
        "{{ text|markdown }}",
        text="# Título\n\n- uno\n\n[a](javascript:alert(1)) [b](https://example.org) ![i](https://example.org/i.png)\n\n<b>x</b>",
    )

    assert "<h3>Título</h3>" in html
    assert "<li>uno</li>" in html
    assert "javascript:" not in html.replace("[a](javascript:alert(1))", "")
    assert 'href="https://example.org"' in html
    assert "<img" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("page", "twin", "text", "attribute"),
    [
        ("es", "", "Título", ""),
        ("es", "Title", "Título", ""),
        ("en", "Title", "Title", ""),
        ("en", "", "Título", ' lang="es"'),
    ],
)
def test_localised_text_says_its_language(page, twin, text, attribute):
    thing = SimpleNamespace(title="Título", title_en=twin)

    with override(page):
        assert show('{{ thing|localised:"title" }}', thing=thing) == text
        assert show('{% lang_of thing "title" %}', thing=thing) == attribute


def test_text_in_its_authors_language_is_marked():
    thing = SimpleNamespace(body="Hello", language="en")

    with override("es"):
        assert show('{% lang_of thing "body" %}', thing=thing) == ' lang="en"'


def test_a_check_list_can_keep_what_stops_apart_from_advice():
    rows = [("advice", "Acórtalo"), ("ok", "Suma 100"), ("stop", "Falta el importe")]

    together, apart = show("{% checks rows %}", rows=rows), show("{% checks rows apart=True %}", rows=rows)

    assert "<h3" not in together
    assert together.index("Acórtalo") < together.index("Falta el importe")
    assert apart.index("Falta el importe") < apart.index("Acórtalo") < apart.index("Suma 100")
    assert apart.count("<h3") == 3
    assert apart.count('data-live="checks"') == together.count('data-live="checks"') == 1
    assert show("{% checks rows apart=True %}", rows=rows[:1]).count("<h3") == 1
