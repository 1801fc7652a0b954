"""The catalogue in the order of a company's interest: its policy areas, and the words it says of itself."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, F, FloatField, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from challenges.models import Challenge, Phase
from govtech.accounts import roles
from startups.models import Organisation

WORD = re.compile(r"[^\W\d_]{4,}")
MOST_WORDS = 40  # of a description that are looked for
SHOWN_WORDS = 3  # in a reason
AREA_WEIGHT = 1.0  # against at most 1 for all the words together
# Words that any company says of itself and any challenge has.
_GENERIC = (
    "identificar identifican cuentan contar contamos medir ayudamos ayudar "
    "administración administraciones ayuntamiento ciudad ciudadana ciudadano ciudadanos clientes desarrollamos "
    "desarrollo digital digitales empresa empresas equipo hacemos innovación innovadora innovadoras innovador madrid "
    "mejora mejorar municipal municipales nuestra nuestras nuestro nuestros personas producto productos proyecto "
    "proyectos público pública públicas públicos servicio servicios sistema sistemas solución soluciones tecnología "
    "tecnologías tecnológica tecnológicas trabajamos también desde para sobre entre hasta donde cuando "
    "alta altas alto altos ante antes bajo baja bajas bajos buena buenas bueno buenos cada casi como contra cual "
    "cuales durante ellas ellos esta estas este esto estos están forma gran grande grandes gracias hacia incluso junto "
    "luego manera mediante mejor menos mientras misma mismas mismo mismos mucha muchas mucho muchos nueva nuevas nuevo "
    "nuevos otra otras otro otros parte pero poco pocos porque puede pueden según siempre sino solo tanto tiene tienen "
    "tipo toda todas todo todos través tras varias varios "
    "about administration citizens city company companies develop digital innovation innovative public service "
    "services solution solutions technology with work your"
)
GENERIC = frozenset(_GENERIC.split())
MATCHES = """
SELECT c.id, array_agg(w.word ORDER BY w.place)
FROM challenges_challenge AS c CROSS JOIN unnest(%s::text[]) WITH ORDINALITY AS w (word, place)
WHERE c.id = ANY(%s) AND c.search @@ plainto_tsquery('portal_es', w.word)
GROUP BY c.id
"""


def words_of(description: str) -> list[str]:
    """Return what a company says of itself, word by word: each once, those that say nothing left out."""
    found = dict.fromkeys(word.lower() for word in WORD.findall(description))
    return [word for word in found if word not in GENERIC][:MOST_WORDS]


class ForYou:
    """What fits the organisation first: of what can be answered now, then of what comes, then the rest."""

    key = "for-you"

    def choices(self, user: Any) -> list[tuple[str, Any]]:
        """Return one order for each organisation of the person that has said what it does."""
        known = [each for each in self._organisations(user) if each.description or each.policy_areas.all()]
        if len(known) == 1:
            return [(self.key, _("For you"))]
        return [(f"{self.key}-{each.public_id}", _("For %(name)s") % {"name": each.name}) for each in known]

    def apply(self, queryset: QuerySet[Challenge], value: str, *, user: Any) -> QuerySet[Challenge]:
        """Put first what is in its policy areas and has its words."""
        organisation = self.chosen(value, user)
        areas = [area.pk for area in organisation.policy_areas.all()]
        words = words_of(organisation.description)
        open_now = [Phase.OPEN, Phase.CLOSING_SOON]
        area: Any = Case(When(policy_area__in=areas, then=Value(AREA_WEIGHT)), default=Value(0.0)) if areas else None
        rank = SearchRank(F("search"), SearchQuery(" | ".join(words), config="portal_es", search_type="raw"))
        parts = [part for part in (area, rank if words else None) if part is not None]
        fit = sum(parts[1:], start=parts[0]) if parts else Value(0.0)
        return queryset.annotate(
            turn=Case(
                When(phase__in=open_now, then=0), When(phase=Phase.UPCOMING, then=1), default=2,
                output_field=IntegerField(),
            ),
            fit=Case(
                When(phase__in=[*open_now, Phase.UPCOMING], then=fit), default=Value(0.0), output_field=FloatField()
            ),
        ).order_by("turn", "-fit", "-closes_at", "-pk")  # fmt: skip

    def reasons(self, rows: Iterable[Challenge], value: str, *, user: Any) -> dict[int, str]:
        """Say which policy area and which words a row shares with the organisation. One query."""
        organisation = self.chosen(value, user)
        rows = list(rows)
        areas = {area.pk for area in organisation.policy_areas.all()}
        shared = _shared(words_of(organisation.description), [row.pk for row in rows])
        found = {}
        for row in rows:
            parts = []
            if row.policy_area is not None and row.policy_area_id in areas:
                parts.append(_("because you work in %(area)s") % {"area": row.policy_area})
            if row.pk in shared:
                parts.append(_("it matches: %(words)s") % {"words": ", ".join(shared[row.pk][:SHOWN_WORDS])})
            if parts:
                text = "; ".join(parts)
                found[row.pk] = text[0].upper() + text[1:]
        return found

    def chosen(self, value: str, user: Any) -> Organisation:
        """Return the organisation that a value of the address means; the first where it means none."""
        known = [each for each in self._organisations(user) if each.description or each.policy_areas.all()]
        return next((each for each in known if value == f"{self.key}-{each.public_id}"), known[0])

    @staticmethod
    def _organisations(user: Any) -> list[Organisation]:
        """Return the person's organisations with their policy areas. Two queries, once a request."""
        if "_for_you" not in user.__dict__:
            rows = Organisation.objects.of_member(user).filter(withdrawn_at=None)
            takes_part = not roles.is_participantless(user)
            found = list(rows.prefetch_related("policy_areas").order_by("name", "pk")) if takes_part else []
            user.__dict__["_for_you"] = found
        return user.__dict__["_for_you"]


def _shared(words: list[str], challenges: list[int]) -> dict[int, list[str]]:
    if not words or not challenges:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(MATCHES, [words, challenges])
        return dict(cursor.fetchall())
