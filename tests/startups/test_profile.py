"""What an organisation says of itself: size and group, emerging company, profile, logo."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from PIL import Image

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.files.models import StoredFile
from startups.actions import organisation as organisations
from startups.actions import profile as actions
from startups.calculations import emerging
from startups.calculations.size import Figures, Related, eu_size, size
from startups.models import EmergingCompany, Holder, Organisation, RelatedCompany
from tests.files import samples
from tests.people import person
from tests.startups.factories import member, organisation, owner_of

pytestmark = pytest.mark.django_db
FIGURES = dict.fromkeys(actions.SIZE) | {"staff": 8, "turnover": Decimal(1_000_000), "in_group": False}
FIGURES |= {"earlier_size": ""}
YEAR_OF_20 = {"earlier_staff": 20, "earlier_turnover": Decimal(3_000_000)}
HOLDING = {"name": "Matriz SA", "relation": "linked", "share": Decimal(80), "staff": 60}
HOLDING |= {"turnover": Decimal(30_000_000), "balance": Decimal(9)}
AMOUNTS = ("turnover", "balance", "earlier_turnover", "earlier_balance")
PROFILE = {
    "description": "Sensores.",
    "policy_areas": [],
    "capabilities": "",
    "trl": None,
    "is_listed": True,
    "works": [],
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def save_size(company, related=(), **figures):
    by = owner_of(company)
    return actions.save_size(company, related=related, **{**FIGURES, **figures}, by=by, at=clock.now())


def save_profile(company, **values):
    return actions.save_profile(company, **{**PROFILE, **values}, by=owner_of(company), at=clock.now())


# Size -------------------------------------------------------------------------------------------------


def test_the_size_follows_the_group_and_is_never_typed():
    company = organisation()

    alone = save_size(company).size
    linked = save_size(company, [HOLDING], in_group=True).size
    partner = save_size(
        company,
        [HOLDING | {"relation": "partner", "share": Decimal(25), "turnover": Decimal(3_000_000)}],
        in_group=True,
    ).size

    assert (alone, linked, partner) == ("micro", "medium", "small")  # 8, 8 + 60, 8 + a quarter of 60 people
    assert set(AuditEvent.objects.filter(kind="organisation.changed").latest("pk").fields) == {"related_companies"}


@pytest.mark.parametrize(
    ("figures", "related", "name", "reason"),
    [
        ({"in_group": True}, [], "", "group"),
        ({"in_group": None}, [], "micro", "unsaid"),
        ({"turnover": None}, [], "", "figures"),
        ({"is_public_body": True}, [], "large", "public"),
        ({**YEAR_OF_20, "earlier_size": "small"}, [], "small", "earlier"),
        ({**YEAR_OF_20, "earlier_size": "micro"}, [], "micro", ""),
        (YEAR_OF_20, [], "", "years"),
        ({**YEAR_OF_20, "group_changed": True}, [], "micro", ""),
        ({"earlier_size": "medium"}, [], "", "years"),
        ({"earlier_staff": 9, "earlier_turnover": Decimal(1)}, [], "micro", ""),
        ({"staff": 400, "in_group": True}, [], "large", ""),
    ],
)
def test_what_is_not_known_is_said(client, figures, related, name, reason):
    company = organisation()
    save_size(company, related, **figures)
    client.force_login(owner_of(company))

    context = client.get(reverse("startups:organisation_size", kwargs={"public_id": company.public_id})).context

    company.refresh_from_db()
    assert company.size == name
    assert bool(context["reason"]) == bool(reason)


def test_no_size_is_said_where_the_missing_figure_could_change_it():
    over = Decimal(12_000_000)

    assert (size(20, over, None), size(20, None, over), size(20, over, Decimal(5_000_000))) == ("", "", "small")
    assert (size(20, over, over), size(300, over, None)) == ("medium", "large")
    assert eu_size(Figures(20, over)).reason == "figures"


def test_what_a_related_company_does_not_tell_is_not_known_of_the_sum():
    own = Figures(8, Decimal(1), None)

    assert eu_size(own, [Related(Figures(1, None, Decimal(1)))], in_group=True).reason == "figures"


@pytest.mark.parametrize("holder", Holder.values)
def test_investors_and_universities_are_no_partners_while_they_do_not_control(holder):
    company = organisation()
    fund = HOLDING | {"holder": holder} | dict.fromkeys(("turnover", "balance"), Decimal(90_000_000))
    partner = fund | {"relation": "partner", "share": Decimal(30)}

    def with_it(row):
        return save_size(company, [row], in_group=True, balance=Decimal(1)).size

    assert with_it(partner) == with_it(partner | {"staff": None, "turnover": None}) == "micro"
    assert (with_it(partner | {"holder": ""}), with_it(fund)) == ("medium", "large")


@pytest.mark.parametrize("relation", ["partner", "linked"])
def test_the_page_asks_for_the_people_of_those_that_count(client, relation):
    company = organisation()
    client.force_login(owner_of(company))
    url = reverse("startups:organisation_size", kwargs={"public_id": company.public_id})
    posted = {"staff": "8", "turnover": "1000000", "in_group": "yes", "r-TOTAL_FORMS": "1", "r-INITIAL_FORMS": "0"}
    posted |= {"r-0-name": "Universidad", "r-0-share": "30", "r-0-relation": relation, "r-0-holder": "university"}

    assert client.post(url, posted).status_code == (302 if relation == "partner" else 422)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("organisation_size_known", {"size": "huge"}),
        ("organisation_size_known", {"earlier_size": "huge"}),
        *[("organisation_amounts_fit", {name: Decimal(-1)}) for name in AMOUNTS],
    ],
)
def test_the_database_refuses_figures_that_cannot_be(constraint, values):
    company = organisation()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Organisation.objects.filter(pk=company.pk).update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("related_share_fits", {"share": Decimal(-1)}),
        ("related_amounts_fit", {"turnover": Decimal(-1)}),
        ("related_amounts_fit", {"balance": Decimal(-1)}),
        ("related_holder_known", {"holder": "friend"}),
        ("related_staff_known", {"staff": None}),
        ("related_staff_known", {"staff": None, "holder": "university"}),
    ],
)
def test_the_database_refuses_a_related_company_that_cannot_be(constraint, values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RelatedCompany.objects.create(organisation=organisation(), **HOLDING | values)


@pytest.mark.parametrize(("relation", "share"), [("partner", "60"), ("partner", "10"), ("linked", "120")])
def test_a_share_fits_its_relation(relation, share):
    company = organisation()
    row = HOLDING | {"relation": relation, "share": Decimal(share)}

    with pytest.raises(DomainError, match="from 25 % to 50 %"):
        save_size(company, [row], in_group=True)
    with pytest.raises(IntegrityError, match="related_share_fits"), transaction.atomic():
        RelatedCompany.objects.create(organisation=company, **row)


def test_the_page_keeps_rows_and_refuses_half_of_one(client):
    company = organisation()
    client.force_login(owner_of(company))
    url = reverse("startups:organisation_size", kwargs={"public_id": company.public_id})
    posted = {"staff": "8", "turnover": "1000000", "in_group": "yes", "r-TOTAL_FORMS": "2", "r-INITIAL_FORMS": "0"}
    posted |= {"r-0-name": "Matriz SA"}

    refused = client.post(url, posted)
    saved = client.post(url, posted | {"r-0-relation": "linked", "r-0-share": "100", "r-0-staff": "300"})

    assert saved.status_code == 302, (saved.context["form"].errors, saved.context["rows"].errors)
    assert refused.status_code == 422
    assert "To leave the row out" in refused.content.decode()
    company.refresh_from_db()
    assert company.size == "large"


# Emerging company -------------------------------------------------------------------------------------


def answers(**changed):
    return dict.fromkeys(actions.ANSWERS, True) | {"certificate": "", "certified_on": None} | changed


def verdict_of(company, **changed):
    actions.save_emerging(company, **answers(**changed), by=owner_of(company), at=clock.now())
    kept = EmergingCompany.objects.get(organisation=company)
    found = emerging.conditions(
        {name: getattr(kept, name) for name in actions.ANSWERS},
        founded_on=company.founded_on,
        in_group=company.in_group,
        turnover=company.turnover,
        on=clock.local_date(clock.now()),
    )
    return emerging.verdict(found, is_certified=bool(kept.certificate))


def test_conditions_are_asked_and_none_is_supposed():
    young = clock.local_date(clock.now()) - timedelta(days=900)
    company = organisation(founded_on=young, in_group=False, turnover=Decimal(1))

    assert verdict_of(company) == "declared"
    assert verdict_of(company, certificate="ENISA-1", certified_on=young) == "certified"
    for name in set(actions.ANSWERS) - {"long_sector", "in_control_group", "group_meets"}:
        assert verdict_of(company, **{name: None}) == "unsaid"
        assert verdict_of(company, **{name: False}) == "no"
    company.turnover = Decimal(10_000_001)
    assert verdict_of(company) == "no"
    company.turnover, company.in_group = Decimal(1), True
    assert verdict_of(company, group_meets=None) == "unsaid"
    assert verdict_of(company, in_control_group=None) == "unsaid"
    assert verdict_of(company, in_control_group=False, group_meets=False) == "declared", "an investor makes no group"
    company.founded_on = None
    assert verdict_of(company) == "unsaid"


def test_a_certificate_has_number_and_date():
    company = organisation()

    with pytest.raises(DomainError) as refusal:
        actions.save_emerging(company, **answers(certificate="ENISA-1"), by=owner_of(company), at=clock.now())

    assert refusal.value.field == "certificate"


def test_the_public_reads_that_it_is_one_only_when_nothing_is_missing(client):
    company = organisation(is_listed=True, in_group=False, turnover=Decimal(1))
    company.founded_on = date(2020, 1, 1)
    company.save()
    actions.save_emerging(
        company, **answers(certificate="E-1", certified_on=date(2024, 1, 1)), by=owner_of(company), at=clock.now()
    )

    with clock.travel(clock.now().replace(year=2026)):
        shown = client.get(company.get_absolute_url()).content.decode()
    with clock.travel(clock.now().replace(year=2027)):
        past = client.get(company.get_absolute_url()).content.decode()

    assert "says that ENISA has certified it; the Office hasn&#x27;t checked it" in shown
    assert "certificate E-1 of" in shown
    assert "2024" in shown
    assert "ENISA" not in past


@pytest.mark.parametrize("page", ["organisation_size", "organisation_profile", "emerging_company", "edit_organisation"])
def test_an_older_page_wipes_nothing_and_says_so(client, page):
    company = organisation(is_listed=True, description="Sensores.")
    client.force_login(owner_of(company))
    address = reverse(f"startups:{page}", kwargs={"public_id": company.public_id})
    blank = {"r-TOTAL_FORMS": "0", "r-INITIAL_FORMS": "0", "w-TOTAL_FORMS": "0", "w-INITIAL_FORMS": "0"}
    typed = {**blank, "name": company.name, "kind": company.kind, "description": "Lo mío", "seen": ""}
    typed["seen"] = client.get(address).context["seen"]
    save_size(company, [HOLDING], in_group=True)

    refused = client.post(address, typed)

    assert refused.status_code == 422
    assert "nothing was saved" in refused.content.decode()
    company.refresh_from_db()
    assert (company.description, company.related_companies.count()) == ("Sensores.", 1)
    assert refused.context["seen"] == company.version
    assert client.post(address, {**typed, "seen": company.version}).status_code == 302, "told, it can be saved"


# Profile and logo -------------------------------------------------------------------------------------


def test_capabilities_are_cleaned_and_limited():
    company = organisation()

    kept = save_profile(company, capabilities=" Visión  artificial, visión artificial;IoT\n datos ,,")

    assert kept.capability_list == ["Visión artificial", "IoT", "datos"]
    for text in ("x" * 41, ", ".join(f"c{number}" for number in range(16))):
        with pytest.raises(DomainError) as refusal:
            save_profile(company, capabilities=text)
        assert refusal.value.field == "capabilities"


def test_being_listed_takes_a_description_and_an_owner():
    company = organisation()

    with pytest.raises(DomainError) as refusal:
        save_profile(company, description=" ")
    with pytest.raises(PermissionDenied):
        actions.save_profile(company, **PROFILE, by=member(company), at=clock.now())

    assert refusal.value.field == "description"
    company.refresh_from_db()
    assert not company.is_listed


def test_the_profile_page_saves_past_work_in_order(client):
    company = organisation()
    client.force_login(owner_of(company))
    url = reverse("startups:organisation_profile", kwargs={"public_id": company.public_id})
    posted = {"description": "Sensores.", "trl": "7", "w-TOTAL_FORMS": "2", "w-INITIAL_FORMS": "0"}
    posted |= {"w-0-title": "Aforo", "w-0-client": "Museo", "w-0-year": "2024", "w-0-url": "javascript:alert(1)"}

    bad = client.post(url, posted)
    good = client.post(url, posted | {"w-0-url": "https://museo.example/aforo"})

    assert (bad.status_code, good.status_code) == (422, 302)
    assert list(company.past_work.values_list("title", "client", "year")) == [("Aforo", "Museo", 2024)]
    assert "https://museo.example/aforo" in client.get(company.get_absolute_url()).content.decode()


def put_logo(company, data, name="logo.png", by=None):
    upload = SimpleUploadedFile(name, data)
    return actions.set_logo(company, upload, by=by or owner_of(company), at=clock.now())


def test_a_logo_is_drawn_anew_small_and_without_what_was_hidden_in_it(client):
    company = organisation(is_listed=True)
    raw = BytesIO()
    turned = Image.Exif()
    turned[0x0112], turned[0x010E] = 6, "MARKER-IN-THE-IMAGE"  # orientation: lies on its side; description
    Image.new("RGB", (1000, 2000)).save(raw, "JPEG", exif=turned, comment=b"MARKER-IN-A-COMMENT")
    assert raw.getvalue().count(b"MARKER") == 2

    with pytest.raises(DomainError):
        put_logo(company, b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "logo.png")
    with pytest.raises(DomainError, match="PNG or JPG"):
        put_logo(company, samples.pdf(), "logo.pdf")
    first = put_logo(company, samples.image()).logo
    second = put_logo(company, raw.getvalue(), "foto.jpg").logo

    url = reverse("startups:organisation_logo", kwargs={"public_id": company.public_id, "file": second.public_id})
    answer = client.get(url)
    body = b"".join(answer.streaming_content)
    assert b"MARKER" not in body
    assert not Image.open(BytesIO(body)).info
    assert Image.open(BytesIO(body)).size == (480, 240)
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not StoredFile.objects.filter(pk=first.pk).exists()


def test_half_an_image_is_refused_in_words():
    whole = samples.image("JPEG", (2000, 1000))

    for cut in (len(whole) // 2, len(whole) - 40):
        with pytest.raises(DomainError) as refusal:
            put_logo(organisation(), whole[:cut], "foto.jpg")
        assert refusal.value.field == "file"


def test_the_logo_of_one_that_is_not_listed_is_its_members_alone(client):
    company = organisation()
    logo = put_logo(company, samples.image()).logo
    url = reverse("startups:organisation_logo", kwargs={"public_id": company.public_id, "file": logo.public_id})

    assert client.get(url).status_code == 404
    client.force_login(person())
    assert client.get(url).status_code == 404
    client.force_login(member(company))
    assert client.get(url)["Cache-Control"] == "no-store, private"


def test_a_logo_goes_with_its_organisation_at_once_from_every_cache(client):
    company = organisation(is_listed=True)
    logo = put_logo(company, samples.image()).logo
    url = reverse("startups:organisation_logo", kwargs={"public_id": company.public_id, "file": logo.public_id})
    kept = client.get(url)

    assert kept["Cache-Control"] == "no-cache"  # kept, but asked for anew each time
    assert client.get(url, headers={"If-None-Match": kept["ETag"]}).status_code == 304
    organisations.withdraw(company, by=owner_of(company), at=clock.now())
    assert client.get(url, headers={"If-None-Match": kept["ETag"]}).status_code == 404


def test_registering_with_figures_computes_the_size():
    made = organisations.create(
        name="Prueba SL", kind="sme", tax_id="B12345674", by=person(), at=clock.now(),
        staff=30, turnover=Decimal(3_000_000), in_group=False,
    )  # fmt: skip

    made.refresh_from_db()
    assert made.size == "small"
