"""Addresses of the programme: its pages, and training."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from govtech.programme.views import content, course, session, training, video
from govtech.programme.views import page as views

app_name = "programme"
urlpatterns = [
    path(pgettext_lazy("url", "how-to-take-part/"), views.page, {"slug": "participate"}, name="participate"),
    path(pgettext_lazy("url", "accessibility/"), views.page, {"slug": "accessibility"}, name="accessibility"),
    path(pgettext_lazy("url", "privacy/"), views.page, {"slug": "privacy"}, name="privacy"),
    path(pgettext_lazy("url", "legal-notice/"), views.page, {"slug": "legal"}, name="legal"),
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
