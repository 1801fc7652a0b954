"""Keeping guides, news and their pictures."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import discard, store_bytes
from govtech.files.pictures import Drawn
from govtech.programme.actions.video import free_slug
from govtech.programme.models import Article, ArticleImage, ArticleStatus
from govtech.programme.policies import content as policies
from govtech.shell.prose import images_of

FIELDS = ("title", "title_en", "summary", "summary_en", "body", "body_en", "publish_at")
MOST_PICTURES = 20


def locked(article: Article) -> Article:
    """Return the row as it is now, locked."""
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


@transaction.atomic
def save_article(article: Article | None, *, kind: str = "", by: User, at: datetime, **values: Any) -> Article:
    """Write a guide or a piece of news, new where `article` is None. `values`: those of `FIELDS`."""
    policies.check_can_write(by=by)
    if article is None:
        row = Article(kind=kind, slug=free_slug(Article, values["title"]), created_at=at, created_by=by)
    else:
        row = locked(article)
    known = set(row.images.values_list("public_id", flat=True)) if row.pk else set()
    for name in ("body", "body_en"):
        policies.check_pictures(values.get(name, ""), known, name)
    changed = [name for name in FIELDS if name in values and getattr(row, name) != values[name]]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    if row.status == ArticleStatus.PUBLISHED and row.publish_at is None:
        row.publish_at = at
    row.changed_at = at
    row.save()
    made = article is None
    audit.record(
        "article.made" if made else "article.changed", target=row, by=by, at=at, fields=[] if made else changed
    )
    return row


@transaction.atomic
def publish(article: Article, *, by: User, at: datetime) -> Article:
    """Show it to everybody, now or from the instant that stands in it."""
    row = locked(article)
    policies.check_can_move_article(row, ArticleStatus.PUBLISHED, by=by)
    row.publish_at = row.publish_at or at
    return _move(row, ArticleStatus.PUBLISHED, "article.published", by=by, at=at)


@transaction.atomic
def withdraw(article: Article, *, by: User, at: datetime) -> Article:
    """Show it to nobody any more but the Office."""
    row = locked(article)
    policies.check_can_move_article(row, ArticleStatus.WITHDRAWN, by=by)
    return _move(row, ArticleStatus.WITHDRAWN, "article.withdrawn", by=by, at=at)


def _move(row: Article, status: ArticleStatus, kind: str, *, by: User, at: datetime) -> Article:
    old, row.status = row.status, status
    row.save(update_fields=["status", "publish_at"])
    audit.record(kind, target=row, by=by, at=at, old=old, new=status)
    return row


@transaction.atomic
def add_picture(article: Article, drawn: Drawn, *, alt: str, alt_en: str = "", by: User, at: datetime) -> ArticleImage:
    """Add a picture, with what it shows in words. Put `all_or_nothing` around it."""
    policies.check_can_write(by=by)
    row = locked(article)
    if not alt.strip():
        raise DomainError(_("Say in words what the picture shows, for who doesn't see it."), field="alt")
    if row.images.count() >= MOST_PICTURES:
        raise DomainError(_("At most %(n)d pictures.") % {"n": MOST_PICTURES}, field="file")
    name = "imagen." + drawn.content_type.removeprefix("image/")
    file = store_bytes(drawn.data, name=name, content_type=drawn.content_type, by=by, at=at)
    made = ArticleImage.objects.create(
        article=row, file=file, alt=alt.strip(), alt_en=alt_en.strip(), width=drawn.width, height=drawn.height,
        added_at=at, added_by=by,
    )  # fmt: skip
    audit.record("article.picture_added", target=row, by=by, at=at)
    return made


@transaction.atomic
def remove_picture(image: ArticleImage, *, by: User, at: datetime) -> None:
    """Take away a picture that the text doesn't show."""
    policies.check_can_write(by=by)
    row = locked(image.article)
    if image.public_id in images_of(row.body) + images_of(row.body_en):
        raise DomainError(_("The text shows this picture. Take it out of the text first."))
    file = image.file
    image.delete()
    discard(file)
    audit.record("article.picture_removed", target=row, by=by, at=at)
