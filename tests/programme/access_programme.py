"""Who may open the programme's pages: everybody; training: who it is for, the Office and its trainers."""

from typing import Any

from govtech import clock
from govtech.programme.actions import training
from govtech.programme.models import (
    Article,
    ArticleImage,
    Certificate,
    Course,
    Material,
    Registration,
    SessionQuestion,
    TrainingSession,
    Video,
)
from govtech.programme.visitors import VISITORS
from tests.access import Route, everybody, only, signed_in
from tests.programme import factories

_public = Route(get=everybody(), post=everybody(405))
_office = only("officer")
_acts = signed_in(405)
_city = ("delegate", "other_delegate", "officer", "director", "auditor")


def _session(world: Any) -> dict[str, str]:
    """Return a published session of a course for delegates, with one seat taken by the delegate."""
    title = "Curso de la prueba de acceso"
    found = TrainingSession.objects.filter(course__title=title).order_by("pk").first()
    if found is None:
        by, at = world.person("officer"), clock.now()
        found = factories.session(factories.course(title=title, by=by), by=by)
        row = Registration.objects.create(
            session=found, user=world.person("delegate"), status="registered", queued_at=at
        )
        Certificate.objects.create(registration=row, hours=2, issued_at=at, issued_by=by)
        training.add_material(found, title="Guía", url="https://example.test/guia", by=by, at=at)
        SessionQuestion.objects.create(session=found, text="¿Hay aparcamiento?", asked_at=at, asked_by=row.user)
    return {"public_id": found.public_id}


def _of(model: Any, key: str, name: str) -> Any:
    def kwargs(world: Any) -> dict[str, str]:
        parts = _session(world)
        path = {"registration": "registration__session"}.get(name, "session")
        row = model.objects.filter(**{f"{path}__public_id": parts["public_id"]}).order_by("pk")[0]
        return {**parts, key: row.code if model is Certificate else row.public_id}

    return kwargs


def _course(world: Any) -> dict[str, str]:
    _session(world)
    return {"public_id": Course.objects.order_by("pk").values_list("public_id", flat=True)[0]}


def _legal(_world: Any) -> dict[str, str]:
    return {"slug": "legal"}


def _article(kind: str, part: str) -> Any:
    def kwargs(world: Any) -> dict[str, str]:
        """Return a public guide, or piece of news, with a picture."""
        found = Article.objects.filter(kind=kind).order_by("pk").first()
        found = found or factories.article(kind=kind, picture=True, by=world.person("officer"))
        return {part: getattr(found, part)}

    return kwargs


def _picture(world: Any) -> dict[str, str]:
    _article("guide", "slug")(world)
    return {"public_id": ArticleImage.objects.filter(article__kind="guide").order_by("pk")[0].public_id}


def _own_picture(world: Any) -> dict[str, str]:
    return {**_article("guide", "public_id")(world), "image": _picture(world)["public_id"]}


def _video(world: Any) -> dict[str, str]:
    """Return a published video with a file of ours."""
    found = Video.objects.order_by("pk").first() or factories.video(by=world.person("officer"))
    return {"slug": found.slug}


def _video_file(world: Any) -> dict[str, str]:
    parts = _video(world)
    return {**parts, "file": Video.objects.get(**parts).file.public_id}


def _own_video(world: Any) -> dict[str, str]:
    return {"public_id": Video.objects.get(**_video(world)).public_id}


def _code(world: Any) -> dict[str, str]:
    return {"code": _of(Certificate, "code", "registration")(world)["code"]}


_material = _of(Material, "material", "")
_certificate = _of(Certificate, "code", "registration")

ROUTES = {
    **{f"programme:{name}": _public for name in (*VISITORS, "accessibility", "privacy", "legal")},
    **{f"programme:{name}": _public for name in ("guides", "news_list", "news_feed")},
    "programme:page_history": Route(get=everybody(), post=everybody(405), kwargs=_legal),
    "programme:page_change": Route(get=_office, post=only("officer", status=422), kwargs=_legal),
    "programme:guide": Route(get=everybody(), post=everybody(405), kwargs=_article("guide", "slug")),
    "programme:news": Route(get=everybody(), post=everybody(405), kwargs=_article("news", "slug")),
    "programme:picture": Route(get=everybody(), post=everybody(405), kwargs=_picture),
    "programme:guide_new": Route(get=_office, post=only("officer", status=422)),
    "programme:news_new": Route(get=_office, post=only("officer", status=422)),
    "programme:article_change": Route(
        get=_office, post=only("officer", status=422), kwargs=_article("news", "public_id")
    ),
    "programme:article_publish": Route(
        get=_acts, post=only("officer", status=302), kwargs=_article("news", "public_id")
    ),
    "programme:article_withdraw": Route(
        get=_acts, post=only("officer", status=302), kwargs=_article("news", "public_id")
    ),
    "programme:picture_add": Route(get=_acts, post=only("officer", status=422), kwargs=_article("guide", "public_id")),
    "programme:picture_remove": Route(get=_acts, post=only("officer", status=302), kwargs=_own_picture),
    "programme:videos": _public,
    "programme:video": Route(get=everybody(), post=everybody(405), kwargs=_video),
    "programme:video_file": Route(get=everybody(), post=everybody(405), kwargs=_video_file),
    "programme:video_track": Route(
        get=everybody(),
        post=everybody(405),
        kwargs=lambda world: {**_video(world), "kind": "captions", "language": "es"},
    ),
    "programme:contents": Route(get=_office),
    "programme:video_new": Route(get=_office, post=only("officer", status=422)),
    "programme:video_change": Route(get=_office, post=only("officer", status=422), kwargs=_own_video),
    "programme:video_publish": Route(get=_acts, post=only("officer", status=302), kwargs=_own_video),
    "programme:video_withdraw": Route(get=_acts, post=only("officer", status=302), kwargs=_own_video),
    "programme:training": _public,
    "programme:session": Route(get=everybody(), post=everybody(405), kwargs=_session),
    "programme:session_calendar": Route(get=everybody(), post=everybody(405), kwargs=_session),
    "programme:certificate_form": _public,
    "programme:certificate_check": Route(get=everybody(), post=everybody(405), kwargs=_code),
    "programme:courses": Route(get=_office),
    "programme:course_new": Route(get=_office, post=only("officer", status=422)),
    "programme:course_change": Route(get=_office, post=only("officer", status=422), kwargs=_course),
    "programme:session_plan": Route(get=_office, post=only("officer", status=422), kwargs=_course),
    "programme:coverage": Route(get=only(*_city)),
    "programme:register": Route(get=_acts, post=only("delegate", "other_delegate", status=302), kwargs=_session),
    "programme:leave": Route(get=_acts, post=only("delegate", status=302, others=404), kwargs=_session),
    "programme:ask": Route(get=_acts, post=only("delegate", status=422), kwargs=_session),
    "programme:feedback": Route(get=_acts, post=only("delegate", status=422), kwargs=_session),
    "programme:material": Route(get=only("delegate", "officer", status=404), kwargs=_material),
    "programme:certificate": Route(get=only("delegate", "officer", others=404), kwargs=_certificate),
    "programme:manage": Route(get=_office, kwargs=_session),
    "programme:session_change": Route(get=_office, post=only("officer", status=422), kwargs=_session),
    "programme:session_publish": Route(get=_acts, post=only("officer", status=302), kwargs=_session),
    "programme:session_cancel": Route(get=_acts, post=only("officer", status=422), kwargs=_session),
    "programme:invite": Route(get=_acts, post=only("officer", status=422), kwargs=_session),
    "programme:material_add": Route(get=_acts, post=only("officer", status=422), kwargs=_session),
    "programme:material_remove": Route(get=_acts, post=only("officer", status=302), kwargs=_material),
    "programme:materials_send": Route(get=_acts, post=only("officer", status=302), kwargs=_session),
    "programme:session_answer": Route(
        get=_acts, post=only("officer", status=302), kwargs=_of(SessionQuestion, "question", "")
    ),
    "programme:free": Route(get=_acts, post=only("officer", status=302), kwargs=_of(Registration, "entry", "")),
    "programme:attendance": Route(get=_office, post=only("officer", status=302), kwargs=_session),
    "programme:walk_in": Route(get=_acts, post=only("officer", status=422), kwargs=_session),
    "programme:session_close": Route(get=_acts, post=only("officer", status=302), kwargs=_session),
    "programme:certificate_revoke": Route(get=_acts, post=only("officer", status=302), kwargs=_certificate),
}
