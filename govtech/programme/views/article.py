"""Guides and news, for everybody; their feed; the Office's forms."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.files.actions import all_or_nothing
from govtech.files.pictures import drawn
from govtech.files.views import send_media
from govtech.programme.actions import article as actions
from govtech.programme.forms.article import ArticleForm, PictureForm
from govtech.programme.models import Article, ArticleImage, ArticleKind, ArticleStatus
from govtech.programme.policies import content as policies
from govtech.reference.models import in_language
from govtech.shell import pages
from govtech.shell.prose import Picture, render_markdown
from govtech.shell.tags import tag


class Feed(Atom1Feed):
    """A feed that says when its contents last changed, and an old day while it is empty: never the hour it is asked."""

    def latest_post_date(self) -> datetime:
        """When something in it last changed."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=datetime.fromisoformat("2026-01-01T00:00:00+00:00"))


PAGE = 20
FEED = 40
KEPT_SECONDS = 3600


def next_to_come() -> datetime | None:
    """Return when the next article becomes public by itself."""
    return Article.objects.to_come().values_list("publish_at", flat=True).first()


@login_not_required
@require_safe
@pages.for_everybody_asking("page")
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """All public guides, or all public news."""
    pages.holds_until(request, clock.now(), next_to_come())
    rows = Paginator(Article.objects.public().filter(kind=kind).listed(), PAGE).get_page(request.GET.get("page"))
    context = {"rows": rows, "kind": kind, "is_office": roles.is_officer(request.user)}
    return render(request, "programme/articles.html", context)


def pictures_of(article: Article) -> dict[str, Picture]:
    """Return the pictures that the text of an article may show."""
    return {
        row.public_id: Picture(
            reverse("programme:picture", kwargs={"public_id": row.public_id}), str(row), row.width, row.height
        )
        for row in article.images.all()
    }


@login_not_required
@require_safe
@pages.for_everybody
def article(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """One guide or piece of news."""
    rows = Article.objects.visible_to(request.user).prefetch_related("images")
    found = get_object_or_404(rows, slug=slug, kind=kind)
    at = clock.now()
    context = {
        "article": found,
        "body": render_markdown(in_language(found.body, found.body_en), top=1, pictures=pictures_of(found)),
        "is_office": roles.is_officer(request.user),
        "waits": found.status == ArticleStatus.PUBLISHED and found.publish_at is not None and found.publish_at > at,
    }
    return render(request, "programme/article.html", context)


@login_not_required
@require_safe
@pages.for_everybody
def feed(request: HttpRequest) -> HttpResponse:
    """The news, for feed readers (RFC 4287)."""
    pages.holds_until(request, clock.now(), next_to_come())
    rows = list(Article.objects.public().filter(kind=ArticleKind.NEWS).order_by("-publish_at", "-pk")[:FEED])
    site = settings.SITE_URL.rstrip("/")
    made = Feed(
        title=_("News of %(name)s") % {"name": settings.PROGRAMME_NAME},
        link=site + request.path.removesuffix("atom.xml"),
        description="",
        language=get_language(),
        author_name=settings.OFFICE_NAME,
        feed_url=site + request.path,
        feed_guid=site + request.path,
    )
    for row in rows:
        made.add_item(
            title=str(row),
            link=site + row.get_absolute_url(),
            description=in_language(row.summary, row.summary_en),
            unique_id=tag(row.kind, row.public_id),
            pubdate=row.publish_at,
            updateddate=max(row.changed_at, row.publish_at or row.changed_at),
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@login_not_required
@require_safe
def picture(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A picture, for who may read its article."""
    row = get_object_or_404(ArticleImage.objects.select_related("article", "file"), public_id=public_id)
    if not Article.objects.visible_to(request.user).filter(pk=row.article_id).exists():
        raise Http404
    return send_media(request, row.file, seconds=KEPT_SECONDS if row.article.status == ArticleStatus.PUBLISHED else 0)


# The Office ----------------------------------------------------------------------------------------------


def _own(request: HttpRequest, public_id: str) -> Article:
    if not roles.is_officer(request.user):
        raise PermissionDenied(_("Only the Digital Office writes the contents of the portal."))
    return get_object_or_404(Article.objects.prefetch_related("images"), public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def article_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a guide or a piece of news."""
    policies.check_can_write(by=request.user)
    return _write(request, None, kind)


@require_http_methods(["GET", "HEAD", "POST"])
def article_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one, and keep its pictures."""
    found = _own(request, public_id)
    return _write(request, found, found.kind)


def _write(request: HttpRequest, row: Article | None, kind: str) -> HttpResponse:
    form = ArticleForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_bound and form.is_valid():
        stored = Article.objects.get(pk=row.pk) if row else None  # the form wrote on the other
        try:
            saved = actions.save_article(stored, kind=kind, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect(saved)
    return _form_page(request, row, kind, form=form, status=422 if form.is_bound else 200)


def _form_page(
    request: HttpRequest, row: Article | None, kind: str, *, status: int = 200, **forms: Any
) -> HttpResponse:
    context = {
        "article": row,
        "kind": kind,
        "form": forms.get("form") or ArticleForm(instance=row),
        "picture_form": forms.get("picture_form") or PictureForm(prefix="picture"),
        "images": list(row.images.all()) if row else [],
    }
    return render(request, "programme/article_form.html", context, status=status)


@require_POST
def article_publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show it to everybody, now or from its instant on."""
    return _moved(request, public_id, actions.publish, _("It is published."))


@require_POST
def article_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show it to nobody but the Office."""
    return _moved(request, public_id, actions.withdraw, _("It is withdrawn."))


def _moved(request: HttpRequest, public_id: str, action: Any, said: str) -> HttpResponse:
    found = _own(request, public_id)
    try:
        action(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(found)


@require_POST
def picture_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a picture."""
    found = _own(request, public_id)
    form = PictureForm(request.POST, request.FILES, prefix="picture")
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("alt", "alt_en")}
        try:
            with all_or_nothing():
                picture = drawn(form.cleaned_data["file"])
                actions.add_picture(found, picture, **words, by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The picture is added. Write its mark where the text shows it."))
            return redirect("programme:article_change", public_id=public_id)
    return _form_page(request, found, found.kind, picture_form=form, status=422)


@require_POST
def picture_remove(request: HttpRequest, public_id: str, image: str) -> HttpResponse:
    """Take a picture away."""
    row = get_object_or_404(_own(request, public_id).images.select_related("article", "file"), public_id=image)
    try:
        actions.remove_picture(row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The picture is taken away."))
    return redirect("programme:article_change", public_id=public_id)
