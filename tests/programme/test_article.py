"""Guides and news: safe Markdown, pictures with alternative text, drafts, an instant to wait for, a feed."""

import io
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from PIL import Image

from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.files.models import StoredFile
from govtech.files.pictures import drawn
from govtech.programme.actions import article as actions
from govtech.programme.models import Article, ArticleImage, ArticleKind, ArticleStatus
from govtech.programme.models.article import ARTICLE_TRANSITIONS
from govtech.shell.prose import Picture, render_markdown
from tests import people
from tests.files import samples
from tests.programme import factories
from tests.visits import body

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def in_state(status: ArticleStatus) -> Article:
    made = factories.article(publish=status != ArticleStatus.DRAFT)
    if status == ArticleStatus.WITHDRAWN:
        return actions.withdraw(made, by=people.officer(), at=clock.now())
    return made


@pytest.mark.parametrize("status", ArticleStatus)
def test_each_move_is_allowed_or_refused_by_the_table(status: ArticleStatus) -> None:
    by = people.officer()
    for wanted, act in ((ArticleStatus.PUBLISHED, actions.publish), (ArticleStatus.WITHDRAWN, actions.withdraw)):
        row = in_state(status)
        if wanted in ARTICLE_TRANSITIONS[status]:
            assert act(row, by=by, at=clock.now()).status == wanted
        else:
            with pytest.raises(TransitionError):
                act(row, by=by, at=clock.now())


def test_only_officers_write() -> None:
    row = factories.article(picture=True)
    image = row.images.get()
    for other in (people.director(), people.auditor(), people.person(), people.administrator()):
        for refused in (
            lambda other=other: actions.save_article(None, kind="news", title="x", by=other, at=clock.now()),
            lambda other=other: actions.withdraw(row, by=other, at=clock.now()),
            lambda other=other: actions.remove_picture(image, by=other, at=clock.now()),
        ):
            with pytest.raises(PermissionDenied):
                refused()


def test_it_is_public_from_its_instant_on(client: Client) -> None:
    at = clock.now()
    row = factories.article(publish_at=at + timedelta(hours=2), picture=True)
    paths = [row.get_absolute_url(), f"/imagenes/{row.images.get().public_id}/"]

    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert row.title not in client.get("/noticias/").content.decode()
    waits = client.get("/noticias/").wsgi_request.holds_seconds
    assert 0 < waits <= 7200
    assert client.get("/").wsgi_request.holds_seconds <= waits
    with clock.travel(at + timedelta(hours=2)):
        assert [client.get(path).status_code for path in paths] == [200, 200]
        assert row.title in client.get("/noticias/").content.decode()
        assert row.title in client.get("/").content.decode()
        assert row.title in client.get("/noticias/atom.xml").content.decode()


def test_drafts_are_the_offices(client: Client) -> None:
    row = factories.article(kind="guide", publish=False)

    assert client.get(row.get_absolute_url()).status_code == 404
    client.force_login(people.director())
    assert client.get(row.get_absolute_url()).status_code == 404
    client.force_login(people.officer())
    assert client.get(row.get_absolute_url()).status_code == 200
    assert row.title in client.get("/contenidos/").content.decode()


def test_a_guide_is_no_news(client: Client) -> None:
    guide = factories.article(kind="guide", title="Una guía")

    assert client.get(f"/noticias/{guide.slug}/").status_code == 404
    assert "Una guía" not in client.get("/noticias/").content.decode()
    assert "Una guía" not in client.get("/noticias/atom.xml").content.decode()
    assert "Una guía" in client.get("/guias/").content.decode()


def test_the_feed_is_atom_with_names_that_last(client: Client) -> None:
    row = factories.article(title="Con & y <b>", title_en="With & and <b>")

    for path, title in (("/noticias/atom.xml", "Con & y <b>"), ("/en/news/atom.xml", "With & and <b>")):
        answer = client.get(path)
        tree = ElementTree.fromstring(answer.content)
        (entry,) = tree.findall(f"{ATOM}entry")
        assert answer.headers["Content-Type"].startswith("application/atom+xml")
        assert entry.findtext(f"{ATOM}title") == title
        assert entry.findtext(f"{ATOM}id", "").endswith(f":news:{row.public_id}")
        assert entry.find(f"{ATOM}updated") is not None
        assert tree.find(f"{ATOM}link[@rel='self']").get("href").endswith(path)


# Pictures ------------------------------------------------------------------------------------------------


def photograph() -> bytes:
    """Return a JPEG that says where it was taken, lying on its side."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "CAMARA SECRETA"
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_picture_is_drawn_anew_without_what_the_camera_wrote() -> None:
    assert b"CAMARA SECRETA" in photograph()

    found = drawn(SimpleUploadedFile("a.jpg", photograph()))

    assert (found.content_type, found.width, found.height) == ("image/jpeg", 20, 40)
    assert b"CAMARA" not in found.data
    assert b"Exif" not in found.data


def test_a_wide_picture_is_made_smaller_and_others_are_refused() -> None:
    assert drawn(SimpleUploadedFile("a.png", samples.image(size=(4000, 100)))).width == 1600
    for name, content in (("a.pdf", samples.pdf()), ("a.png", b"MZ"), ("a.svg", b"<svg/>")):
        with pytest.raises(DomainError) as caught:
            drawn(SimpleUploadedFile(name, content))
        assert caught.value.field == "file"


def test_every_picture_has_an_alternative_text() -> None:
    row = factories.article(picture=True)

    with pytest.raises(DomainError):
        actions.add_picture(
            row, drawn(SimpleUploadedFile("a.png", samples.image())), alt="  ", by=people.officer(), at=clock.now()
        )
    for alt in ("", "  "):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE programme_articleimage SET alt = %s", [alt])


def test_a_text_shows_its_own_pictures_only(client: Client) -> None:
    row, other = factories.article(picture=True), factories.article(picture=True)
    own, by = row.images.get(), people.officer()
    for text in (f"![x](imagen:{other.images.get().public_id})", "![x](https://example.test/a.png)"):
        with pytest.raises(DomainError) as caught:
            actions.save_article(row, body=text, by=by, at=clock.now())
        assert caught.value.field == "body"

    actions.save_article(row, body=f"Mira: {own.mark}", by=by, at=clock.now())

    html = client.get(row.get_absolute_url()).content.decode()
    assert f'<img src="/imagenes/{own.public_id}/" alt="Un plano de la ciudad" width="8" height="8">' in html
    answer = client.get(f"/imagenes/{own.public_id}/")
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert body(answer)[:4] == b"\x89PNG"
    with pytest.raises(DomainError):  # the text shows it
        actions.remove_picture(own, by=by, at=clock.now())
    actions.save_article(row, body="Nada", by=by, at=clock.now())
    actions.remove_picture(own, by=by, at=clock.now())
    assert not ArticleImage.objects.filter(pk=own.pk).exists()
    assert not StoredFile.objects.filter(pk=own.file_id).exists()


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
     "![x](javascript:alert(1))", "![x](https://example.test/a.png)", "![x](//example.test/a.png)",
     "<svg/onload=alert(1)>",
     "![x\" onerror=y](imagen:b)"],
)  # fmt: skip
def test_markdown_gives_no_foot_to_strangers(text: str) -> None:
    html = render_markdown(text, pictures={"a": Picture("/imagenes/a/", 'x" onerror="y', 1, 1)})

    assert "<script" not in html
    assert "<svg" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("(javascript:", "").replace("![x](javascript:alert(1))", "")
    shown = render_markdown("![](imagen:a)", pictures={"a": Picture("/imagenes/a/", 'x" onerror="y', 1, 1)})
    assert 'alt="x&quot; onerror=&quot;y"' in shown


# Forms ---------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    return {"title": "Un título", "summary": "En una frase.", "body": "## Texto\n\nLargo.", **changes}


def test_news_is_written_illustrated_published_and_withdrawn_by_forms(client: Client) -> None:
    client.force_login(people.officer())
    answer = client.post("/contenidos/noticias/nueva/", typed())
    row = Article.objects.get()
    assert answer.headers["Location"] == "/noticias/un-titulo/" == row.get_absolute_url()
    assert (row.kind, row.status) == (ArticleKind.NEWS, ArticleStatus.DRAFT)

    picture = {"picture-file": SimpleUploadedFile("a.jpg", photograph()), "picture-alt": "Una plaza"}
    client.post(f"/contenidos/articulos/{row.public_id}/imagenes/", picture)
    image = row.images.get()
    client.post(f"/contenidos/articulos/{row.public_id}/", typed(body=f"Hola {image.mark}"))
    client.post(f"/contenidos/articulos/{row.public_id}/publicar/")
    assert 'alt="Una plaza"' in Client().get(row.get_absolute_url()).content.decode()
    refused = client.post(f"/contenidos/articulos/{row.public_id}/imagenes/{image.public_id}/quitar/", follow=True)
    assert "Quítala antes del texto" in refused.content.decode()

    client.post(f"/contenidos/articulos/{row.public_id}/retirar/")
    assert Client().get(row.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": ""}, "title"), ({"title": "a" * 121}, "title"), ({"body": ""}, "body"),
     ({"body_en": "Text"}, "title_en"),
     ({"publish_at_0": "99/99/2026", "publish_at": "ayer"}, "publish_at"), ({"body": "![](imagen:nada)"}, "body"),
     ({"body": "a" * 40_001}, "body")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(client: Client, changes: dict[str, Any], field: str) -> None:
    client.force_login(people.officer())

    answer = client.post("/contenidos/guias/nueva/", typed(**changes))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "En una frase." in answer.content.decode()
    assert not Article.objects.exists()


def test_a_picture_without_words_is_refused_beside_its_field(client: Client) -> None:
    client.force_login(people.officer())
    row = factories.article()
    path = f"/contenidos/articulos/{row.public_id}/imagenes/"

    for sent, field in (
        ({"picture-file": SimpleUploadedFile("a.jpg", photograph())}, "alt"),
        ({"picture-alt": "x"}, "file"),
        ({"picture-file": SimpleUploadedFile("a.jpg", b"MZ"), "picture-alt": "x"}, "file"),
    ):
        answer = client.post(path, sent)
        assert answer.status_code == 422
        assert field in answer.context["picture_form"].errors
    assert not ArticleImage.objects.exists()


@pytest.mark.parametrize(
    "change",
    ["kind = 'poem'", "status = 'hidden'", "publish_at = NULL", "body_en = 'x'"],
)
def test_the_database_refuses_what_must_not_be(change: str) -> None:
    factories.article()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE programme_article SET {change}")


def test_lists_take_the_same_queries_with_many(client: Client, django_assert_num_queries: Any) -> None:
    row = factories.article(picture=True)
    paths = {"/noticias/": 4, row.get_absolute_url(): 3, "/noticias/atom.xml": 3}
    client.get("/noticias/")
    for path in paths:
        client.get(path)
    for _time in range(2):
        for path, number in paths.items():
            with django_assert_num_queries(number):
                client.get(path)
        for number in range(15):
            factories.article(title=f"Noticia {number}")
