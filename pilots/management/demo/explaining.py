"""What the Office writes to explain the programme. The videos' voice and pictures are made by a machine."""

from collections.abc import Iterator
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from govtech.files.actions import check_video
from govtech.files.pictures import drawn
from govtech.programme.actions import article as articles
from govtech.programme.actions import page as portal_pages
from govtech.programme.actions import video as videos
from govtech.programme.models import Page
from pilots.management.demo.calls import Stage
from pilots.management.demo.replay import Story

MEDIA = Path(__file__).parent / "media"

TAKE_PART = """\
**Cómo presentar una propuesta.** La ciudad publica problemas que quiere resolver. Los llamamos retos. En este vídeo te contamos cómo presentar tu solución. *En pantalla: en cinco pasos y sin papeles.*

**Busca un reto.** En la lista de retos ves los abiertos y los próximos. Cada uno dice qué pasa, cuánto se paga como máximo y cómo se decide. *En pantalla: abiertos, próximos y terminados; importe máximo y criterios a la vista.*

**Escribe la propuesta.** Crea tu cuenta y tu organización. Varias personas podéis escribir a la vez. Todo se guarda y se cifra mientras escribes. *En pantalla: solución, plan, equipo, resultado y riesgos; dos mil quinientas palabras como mucho.*

**El precio va aparte.** Reparte el precio en hitos que se puedan comprobar. El precio se guarda en un sobre aparte, y se lee después de puntuar. *En pantalla: hitos que se puedan comprobar; el precio no se lee hasta el final.*

**Preséntala a tiempo.** Al presentar recibes un justificante con la hora oficial. Hasta el cierre puedes sustituir la propuesta. Nadie la lee antes de la apertura. *En pantalla: justificante con número y hora; puedes sustituirla hasta el cierre.*
"""
TAKE_PART_EN = """\
**How to make a proposal.** The city publishes problems that it wants to solve. We call them challenges. This video tells you how to propose your solution.

**Find a challenge.** The list shows those that are open and those to come. Each says what happens, the most it pays and how it is decided.

**Write the proposal.** Create your account and your organisation. Several people can write at once. Everything is saved and encrypted as you write.

**The price goes apart.** Split the price into milestones that can be checked. It is kept in an envelope of its own, read after scoring.

**Hand it in on time.** You get a receipt with the official time. Until the deadline you can replace the proposal. Nobody reads it before the opening.
"""
CHAPTERS = """\
0:00 Cómo presentar una propuesta | How to make a proposal
0:08 Busca un reto | Find a challenge
0:17 Escribe la propuesta | Write the proposal
0:26 El precio va aparte | The price goes apart
0:34 Preséntala a tiempo | Hand it in on time
"""
PROBLEM = """\
**Contar bien un problema.** Un buen reto empieza por un problema bien contado. Te damos tres consejos. *En pantalla: para delegadas y delegados digitales.*

**Qué pasa y a quién.** Di qué pasa hoy, a quién y cuántas veces. No pidas una aplicación: cuenta el problema. *En pantalla: hechos, no soluciones; quién lo sufre y cuántas veces.*

**De dónde partes.** Da una cifra de partida y la que quieres alcanzar. Con ella se medirá el piloto. *En pantalla: una cifra de hoy y una cifra para el final.*
"""

GUIDE = """\
## Antes de escribir

Reúne a quien conoce el problema: quien lo sufre, quien lo atiende y quien guarda los datos.

{picture}

## Las tres preguntas

1. **¿Qué pasa?** Un hecho que se pueda ver, no una opinión.
2. **¿A quién y cuántas veces?** Una cifra, aunque sea aproximada. Di de dónde sale.
3. **¿Qué cambiaría si se resolviera?** La misma cifra, al final del piloto.

## Lo que conviene evitar

- Pedir una tecnología concreta: deja fuera soluciones que no conoces.
- Juntar dos problemas en un reto.
- Prometer datos que no están listos.
"""
NEWS = [
    (
        -75, "El Ayuntamiento adopta la lectura de facturas en papel", "The city adopts the reading of paper invoices",
        "Hacienda contrata la solución del piloto para las 21 juntas de distrito.",
        "De 11 a 2 minutos por factura y menos del 1 % de errores. Los [resultados](/pilotos/) están publicados, con las cifras de cada mes.\n\nEs la primera solución del programa que se extiende a toda la ciudad.",
    ),
    (
        -32, "Nuevos plazos para responder a la Oficina", "",
        "Quien participa tiene más tiempo para corregir su documentación.",
        "La Oficina ha ordenado los plazos de cada trámite. **No cambia nada** en los retos que ya estaban abiertos.",
    ),
    (
        -6, "Abiertos los retos de otoño", "The challenges of autumn are open",
        "Soledad no deseada, datos de mayores y zonas verdes: tres problemas que buscan solución.",
        "## Qué se busca\n\nTres servicios municipales cuentan su problema y ponen una cifra de partida. Los plazos y los importes están en [Retos](/retos/).\n\n## Sesión informativa\n\nLas preguntas se responden en público, en la página de cada reto.",
    ),
    (
        9, "Jornada de resultados del programa", "", "Los pilotos terminados enseñan sus cifras.",
        "Se publicará el lugar y la hora en cuanto estén cerrados.",
    ),
]  # fmt: skip


def all_stories(stage: Stage) -> Iterator[Story]:
    """Return what is written, from the beginning of the programme to these days."""
    yield films(stage)
    yield guide(stage)
    for days, title, title_en, summary, body in NEWS:
        yield news(stage, days, title, title_en, summary, body)
    yield statement(stage)


def films(stage: Stage) -> Story:
    """Two videos at the steps that they explain, and one at another's that waits for its captions."""
    at = stage.days.on(-240, 9)
    yield at
    by = stage.cast["oficina"]
    first = videos.save_video(
        None,
        checked=check_video(SimpleUploadedFile("participar.webm", (MEDIA / "participar.webm").read_bytes())),
        title="Cómo presentar una propuesta",
        title_en="How to make a proposal",
        summary="De encontrar un reto a recibir el justificante, en menos de un minuto.",
        summary_en="From finding a challenge to getting the receipt, in less than a minute. In Spanish.",
        captions=(MEDIA / "participar.es.vtt").read_text(encoding="utf-8"),
        transcript=TAKE_PART,
        transcript_en=TAKE_PART_EN,
        chapters=CHAPTERS,
        places=["proposal.solution", "proposal.price"],
        order=10,
        by=by,
        at=at,
    )
    at = stage.days.after(at, 1, 12)
    yield at
    videos.publish(first, by=by, at=at)
    second = videos.save_video(
        None,
        checked=check_video(SimpleUploadedFile("problema.webm", (MEDIA / "problema.webm").read_bytes())),
        title="Contar bien un problema",
        title_en="",
        summary="Tres consejos para el primer paso de un reto.",
        captions=(MEDIA / "problema.es.vtt").read_text(encoding="utf-8"),
        transcript=PROBLEM,
        chapters="0:00 Contar bien un problema\n0:05 Qué pasa y a quién\n0:12 De dónde partes\n",
        places=["challenge.problem"],
        order=20,
        by=by,
        at=at,
    )
    videos.publish(second, by=by, at=at)
    at = stage.days.on(-3, 11)
    yield at
    videos.save_video(
        None,
        title="Jornada con las empresas de la última convocatoria",
        summary="Grabación del encuentro. Faltan los subtítulos y la transcripción.",
        external_url="https://videos.example.org/jornada.mp4",
        seconds=2710,
        by=by,
        at=at,
    )


def guide(stage: Stage) -> Story:
    """A guide for delegates, with a drawing."""
    at = stage.days.on(-200, 10)
    yield at
    by = stage.cast["oficina"]
    made = articles.save_article(
        None,
        kind="guide",
        title="Contar un problema en una página",
        summary="Para quien escribe su primer reto: tres preguntas y lo que conviene evitar.",
        body=GUIDE.format(picture=""),
        by=by,
        at=at,
    )
    sketch = drawn(SimpleUploadedFile("dibujo.png", (MEDIA / "tres-preguntas.png").read_bytes()))
    words = "Esquema: del problema salen tres preguntas, qué pasa, a quién y qué cambiaría."
    picture = articles.add_picture(made, sketch, alt=words, by=by, at=at)
    articles.save_article(made, body=GUIDE.format(picture=picture.mark), by=by, at=at)
    articles.publish(made, by=by, at=at)


def news(stage: Stage, days: int, title: str, title_en: str, summary: str, body: str) -> Story:
    """A piece of news; one of the days to come waits."""
    at = stage.days.on(min(days, -1), 9)
    yield at
    by = stage.cast["oficina2"]
    values = {"title": title, "title_en": title_en, "summary": summary, "body": body}
    made = articles.save_article(
        None, kind="news", **values, publish_at=stage.days.on(days, 9) if days > 0 else None, by=by, at=at
    )
    articles.publish(made, by=by, at=at)


def statement(stage: Stage) -> Story:
    """The accessibility statement says that it was reviewed, as it is each year."""
    at = stage.days.on(-41, 13)
    yield at
    page = Page.objects.get(slug="accessibility")
    body = page.body.replace(
        "Se revisa con cada versión.",
        "Se revisa con cada versión; la última vez, con lectores de pantalla y ampliación.",
    )
    portal_pages.save_page(page, body=body, note="Revisión anual de la declaración", by=stage.cast["oficina"], at=at)
