"""What is left when the journey is over: every e-mail counted, the chains whole, the ledger to the cent."""

import json
import re
from collections import Counter
from decimal import Decimal
from email.message import EmailMessage

from tests.system.journey_people import Journey, address
from tests.system.journey_proposal import AGUAS, BRISA, CAUCE, MARKERS

OFFICE = ("olga", "oscar")
WINNERS = ("ana", "alba")
PANEL = ("paula", "pedro", "pilar", "sara")
# Words of an e-mail's subject, and how many each person gets.
EXPECTED: dict[str, Counter[str]] = {
    "Tu código para Madrid Govtech": Counter(WINNERS),
    "Ana Dueña te invita a": Counter(["alba"]),
    "Alba Socia se ha unido a": Counter(["ana"]),
    "Espera tu aprobación: Abrir el presupuesto": Counter(["dolores"]),
    "Aprobado: Abrir el presupuesto": Counter(["olga"]),
    "Para revisar": Counter(dict.fromkeys(OFFICE, 2)),
    "Devuelto con comentarios": Counter(["teresa"]),
    "Espera tu aprobación: Gasto y publicación": Counter(["dolores"]),
    "Aprobado: Gasto y publicación": Counter(["olga"]),
    "Aprobado: RETO-2026-001": Counter(["teresa"]),
    "Nuevo reto": Counter(["ana"]),
    "Una pregunta sobre RETO-2026-001": Counter(["teresa"]),
    "Hemos recibido tu propuesta": Counter({"ana": 1, "alba": 1, "berta": 1, "carla": 2}),
    "Hemos recibido la nueva versión": Counter(WINNERS),
    "está retirada": Counter(["carla"]),
    "Propuestas listas para abrir": Counter(["oscar", "dolores"]),
    "Tu propuesta se ha abierto": Counter([*WINNERS, "berta", "carla"]),
    "Tu propuesta ha sido admitida": Counter([*WINNERS, "berta"]),
    "Tu propuesta ha quedado excluida": Counter(["carla"]),
    "Estás en el panel": Counter([*PANEL, "oscar"]),
    "se abstiene en una propuesta": Counter(dict.fromkeys(OFFICE, 2)),
    "Te toca valorar": Counter(["sara"]),
    "Están todas las hojas": Counter(["paula", "oscar"]),
    "Falta una confirmación": Counter(["paula"]),
    "Los puntos de tu propuesta": Counter([*WINNERS, "berta"]),
    "Ya hay clasificación": Counter([*PANEL, *OFFICE, "dolores"]),
    "Se propone adjudicarte": Counter([*WINNERS, "berta"]),
    "rechaza la adjudicación": Counter(OFFICE),
    "acepta la adjudicación": Counter(OFFICE),
    "está verificada": Counter(["ana"]),  # its owner
    "Pendiente de tu aprobación: adjudicación": Counter(["dolores"]),
    "Adjudicado": Counter([*WINNERS, *OFFICE, "teresa"]),
    "Resultado de": Counter([*WINNERS, "berta", "carla"]),
    "Para firmar: la ficha": Counter(["ana", "alba"]),
    "Ficha firmada": Counter(["teresa", "alba", *OFFICE]),
    "Empieza el piloto": Counter([*WINNERS, *OFFICE]),
    "Hito entregado": Counter({"teresa": 4}),
    "Hito devuelto": Counter(WINNERS),
    "Hito aceptado": Counter(dict.fromkeys((*WINNERS, *OFFICE), 3)),
    "registrada": Counter(dict.fromkeys(WINNERS, 3)),
    "pagada": Counter(dict.fromkeys(WINNERS, 3)),
    "Todos los hitos aceptados": Counter([*WINNERS, *OFFICE]),
    "Decisión sobre el piloto": Counter([*WINNERS, *OFFICE]),
}


def subject(message: EmailMessage) -> str:
    """Return the subject without the name of the portal."""
    return str(message["Subject"]).strip().removesuffix(" · Madrid Govtech")


def text(message: EmailMessage, kind: str = "plain") -> str:
    """Return the plain or the HTML body."""
    body = message.get_body((kind,))
    assert body is not None, f"no {kind} body: {subject(message)}"
    return str(body.get_content())


def no_sealed_word_left_the_organisations(journey: Journey) -> None:
    """Before the opening: no e-mail and no log says what is proposed, and none of the city's who proposes."""
    for message in journey.portal.mail():
        everything = subject(message) + text(message)
        assert not [marker for marker in MARKERS.values() if marker in everything], everything
        if message["To"] not in {address(name) for name in ("ana", "alba", "berta", "carla")}:
            assert not [name for name in (AGUAS, BRISA, CAUCE) if name in everything], everything
    for name in ("web", "worker", "beat"):
        log = journey.portal.log(name)
        assert not [marker for marker in MARKERS.values() if marker in log or json.dumps(marker)[1:-1] in log], name


def every_mail_is_counted(journey: Journey) -> None:
    """Each kind went to whom it concerns, once each; what wasn't expected fails, too."""
    portal = journey.portal
    journey.wait_until_every_mail_is_out()
    found: dict[str, Counter[str]] = {}
    for message in portal.mail():
        words = subject(message)
        kind = next((kind for kind in EXPECTED if kind in words), words)
        found.setdefault(kind, Counter())[str(message["To"]).removesuffix("@example.test")] += 1
    wrong = {
        kind: (found.get(kind), EXPECTED.get(kind))
        for kind in {**found, **EXPECTED}
        if found.get(kind) != EXPECTED.get(kind)
    }
    assert wrong == {}, f"(found, expected): {wrong}"
    [(rows,)] = portal.sql("SELECT count(*) FROM notifications_outgoingemail")
    assert rows == sum(people.total() for people in EXPECTED.values())


def some_mails_are_read(journey: Journey) -> None:
    """In Spanish, in text and HTML, with a link that leads to the page."""
    portal = journey.portal
    published = portal.wait_for_mail(address("ana"), "Nuevo reto")
    assert "Hola, Ana Dueña" in text(published)
    assert '<html lang="es">' in text(published, "html")
    assert portal.url + journey.notes["challenge"] in text(published)
    assert portal.url + journey.notes["challenge"] in text(published, "html")
    left_out = text(portal.wait_for_mail(address("carla"), "excluida"))
    assert "El motivo está en su página" in left_out
    paid = text(portal.wait_for_mail(address("alba"), "Factura 2026/3 pagada"))
    assert re.search(r"6\.050(,00)?\s€", paid), paid
    link = re.search(r"http://localhost:\d+(/pilotos/\S+)", paid)
    assert link
    alba = journey.person("alba")
    assert alba.goto(link[1]) == 200
    alba.sees("Facturación y pagos")


def the_chains_are_whole(journey: Journey) -> None:
    """Audit, receipts and ledger verify, by their commands."""
    for command, words in (("verify_audit", "whole"), ("verify_ledger", "OK")):
        assert words in journey.portal.manage(command)


def the_ledger_is_what_the_pages_said(journey: Journey) -> None:
    """Sums in SQL: the reserve consumed, what was awarded paid, the rest available again."""
    portal = journey.portal
    sums = dict(portal.sql("SELECT phase, sum(amount) FROM pilots_ledgerentry GROUP BY phase"))
    paid = Decimal("4840.00") + Decimal("6050.00") + Decimal("6050.00")
    assert sums == {"RC": Decimal(0), "A": paid, "D": paid, "O": paid, "P": paid}
    [(credit, reserved, authorised, last)] = portal.sql(
        "SELECT sum(credit), sum(rc), sum(a), sum(p) FROM pilots_budgetline"
    )
    assert (credit, reserved, authorised, last) == (Decimal(155_000), Decimal(0), paid, paid)
    visitor = journey.person("visitor")
    visitor.goto("/presupuesto/2026/")
    visitor.sees(f"{credit:,.0f} €".replace(",", "."), f"{paid:,.0f} €".replace(",", "."))
    visitor.sees(f"{credit - paid:,.0f} €".replace(",", "."))
