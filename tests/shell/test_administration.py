"""The administration: every list and every new-row page opens, in the programme's name."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests import people

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_list_and_every_form_opens(client, model):
    client.force_login(people.administrator())
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    page = client.get(reverse(f"{place}_changelist"))
    assert page.status_code == 200
    assert "Madrid Govtech" in page.content.decode()
    assert client.get(reverse(f"{place}_changelist"), {"q": "a"}).status_code == 200
    assert client.get(reverse(f"{place}_add")).status_code in (200, 403)


@pytest.mark.parametrize(
    "label",
    ["sessions.session", "mfa.authenticator", "audit.auditevent", "notifications.notice", "files.storedfile",
     "startups.proposal", "startups.submission", "pilots.ledgerentry"],
)  # fmt: skip
def test_the_administration_never_shows_what_is_sealed_or_private(label):
    assert label not in {model._meta.label_lower for model in MODELS}
