"""Addresses of the programme: its pages, and training."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.programme.views import article, content, course, session, training, video
from govtech.programme.views import page as views

app_name = "programme"
urlpatterns = [
    path(pgettext_lazy("url", "how-to-take-part/"), views.page, {"slug": "participate"}, name="participate"),
    path(
        pgettext_lazy("url", "how-to-take-part/research/"),
        views.page,
        {"slug": "participate_research"},
        name="participate_research",
    ),
    path(
        pgettext_lazy("url", "how-to-take-part/departments/"),
        views.page,
        {"slug": "participate_departments"},
        name="participate_departments",
    ),
    path(
        pgettext_lazy("url", "how-to-take-part/experts/"),
        views.page,
        {"slug": "participate_experts"},
        name="participate_experts",
    ),
    path(
        pgettext_lazy("url", "how-to-take-part/everybody/"),
        views.page,
        {"slug": "participate_everybody"},
        name="participate_everybody",
    ),
    path(pgettext_lazy("url", "accessibility/"), views.page, {"slug": "accessibility"}, name="accessibility"),
    path(pgettext_lazy("url", "privacy/"), views.page, {"slug": "privacy"}, name="privacy"),
    path(pgettext_lazy("url", "legal-notice/"), views.page, {"slug": "legal"}, name="legal"),
    path(pgettext_lazy("url", "pages/<slug:slug>/versions/"), views.history, name="page_history"),
    path(pgettext_lazy("url", "contents/pages/<slug:slug>/"), views.change, name="page_change"),
    path(pgettext_lazy("url", "guides/"), article.listing, {"kind": "guide"}, name="guides"),
    path(pgettext_lazy("url", "guides/<slug:slug>/"), article.article, {"kind": "guide"}, name="guide"),
    path(pgettext_lazy("url", "news/"), article.listing, {"kind": "news"}, name="news_list"),
    path(pgettext_lazy("url", "news/atom.xml"), article.feed, name="news_feed"),
    path(pgettext_lazy("url", "news/<slug:slug>/"), article.article, {"kind": "news"}, name="news"),
    path(pgettext_lazy("url", "pictures/<slug:public_id>/"), article.picture, name="picture"),
    path(pgettext_lazy("url", "contents/guides/new/"), article.article_new, {"kind": "guide"}, name="guide_new"),
    path(pgettext_lazy("url", "contents/news/new/"), article.article_new, {"kind": "news"}, name="news_new"),
    path(pgettext_lazy("url", "contents/articles/<slug:public_id>/"), article.article_change, name="article_change"),
    path(
        pgettext_lazy("url", "contents/articles/<slug:public_id>/publish/"),
        article.article_publish,
        name="article_publish",
    ),
    path(
        pgettext_lazy("url", "contents/articles/<slug:public_id>/withdraw/"),
        article.article_withdraw,
        name="article_withdraw",
    ),
    path(pgettext_lazy("url", "contents/articles/<slug:public_id>/pictures/"), article.picture_add, name="picture_add"),
    path(
        pgettext_lazy("url", "contents/articles/<slug:public_id>/pictures/<slug:image>/remove/"),
        article.picture_remove,
        name="picture_remove",
    ),
    path(pgettext_lazy("url", "videos/"), video.videos, name="videos"),
    path(pgettext_lazy("url", "videos/<slug:slug>/"), video.video, name="video"),
    path(pgettext_lazy("url", "videos/<slug:slug>/file/<slug:file>/"), video.video_file, name="video_file"),
    path(
        pgettext_lazy("url", "videos/<slug:slug>/<slug:kind>-<slug:language>.vtt"),
        video.video_track,
        name="video_track",
    ),
    path(pgettext_lazy("url", "contents/"), content.contents, name="contents"),
    path(pgettext_lazy("url", "contents/videos/new/"), video.video_new, name="video_new"),
    path(pgettext_lazy("url", "contents/videos/<slug:public_id>/"), video.video_change, name="video_change"),
    path(pgettext_lazy("url", "contents/videos/<slug:public_id>/publish/"), video.video_publish, name="video_publish"),
    path(
        pgettext_lazy("url", "contents/videos/<slug:public_id>/withdraw/"), video.video_withdraw, name="video_withdraw"
    ),
    path(pgettext_lazy("url", "training/"), training.training_list, name="training"),
    path(pgettext_lazy("url", "training/courses/"), course.courses, name="courses"),
    path(pgettext_lazy("url", "training/courses/new/"), course.course_new, name="course_new"),
    path(pgettext_lazy("url", "training/courses/<slug:public_id>/"), course.course_change, name="course_change"),
    path(pgettext_lazy("url", "training/courses/<slug:public_id>/session/"), session.plan, name="session_plan"),
    path(pgettext_lazy("url", "training/coverage/"), course.coverage, name="coverage"),
    path(pgettext_lazy("url", "training/certificates/"), training.certificate_form, name="certificate_form"),
    path(
        pgettext_lazy("url", "training/certificates/<slug:code>/"),
        training.certificate_check,
        name="certificate_check",
    ),
    path(pgettext_lazy("url", "training/<slug:public_id>/"), training.session, name="session"),
    path(pgettext_lazy("url", "training/<slug:public_id>/register/"), training.register, name="register"),
    path(pgettext_lazy("url", "training/<slug:public_id>/leave/"), training.leave, name="leave"),
    path(pgettext_lazy("url", "training/<slug:public_id>/ask/"), training.ask, name="ask"),
    path(pgettext_lazy("url", "training/<slug:public_id>/opinion/"), training.feedback, name="feedback"),
    path(pgettext_lazy("url", "training/<slug:public_id>/session.ics"), training.calendar, name="session_calendar"),
    path(
        pgettext_lazy("url", "training/<slug:public_id>/materials/<slug:material>/"),
        training.material,
        name="material",
    ),
    path(
        pgettext_lazy("url", "training/<slug:public_id>/certificate/<slug:code>/"),
        training.certificate,
        name="certificate",
    ),
    path(pgettext_lazy("url", "training/<slug:public_id>/manage/"), session.manage, name="manage"),
    path(pgettext_lazy("url", "training/<slug:public_id>/change/"), session.change, name="session_change"),
    path(pgettext_lazy("url", "training/<slug:public_id>/publish/"), session.publish, name="session_publish"),
    path(pgettext_lazy("url", "training/<slug:public_id>/cancel/"), session.cancel, name="session_cancel"),
    path(pgettext_lazy("url", "training/<slug:public_id>/invite/"), session.invite, name="invite"),
    path(pgettext_lazy("url", "training/<slug:public_id>/materials/"), session.add_material, name="material_add"),
    path(
        pgettext_lazy("url", "training/<slug:public_id>/materials/send/now/"),
        session.send_materials,
        name="materials_send",
    ),
    path(
        pgettext_lazy("url", "training/<slug:public_id>/materials/<slug:material>/remove/"),
        session.remove_material,
        name="material_remove",
    ),
    path(
        pgettext_lazy("url", "training/<slug:public_id>/questions/<slug:question>/"),
        session.answer,
        name="session_answer",
    ),
    path(pgettext_lazy("url", "training/<slug:public_id>/list/<slug:entry>/free/"), session.free, name="free"),
    path(pgettext_lazy("url", "training/<slug:public_id>/attendance/"), session.take_attendance, name="attendance"),
    path(pgettext_lazy("url", "training/<slug:public_id>/attendance/add/"), session.walk_in, name="walk_in"),
    path(pgettext_lazy("url", "training/<slug:public_id>/close/"), session.close, name="session_close"),
    path(
        pgettext_lazy("url", "training/<slug:public_id>/certificate/<slug:code>/revoke/"),
        session.revoke,
        name="certificate_revoke",
    ),
]
