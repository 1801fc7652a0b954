"""What the pilots of the demonstration agree: the parts of a charter that all share, and their contracts."""

from collections.abc import Generator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pilots.actions import charter as charters
from pilots.management.demo.calls import Stage
from pilots.models import Pilot

CHARTER: dict[str, Any] = {
    "users": "El equipo del servicio (12 personas) y quienes lo usan durante el piloto, unas 900 personas al mes.",
    "place": "Centros y calles que señala el servicio",
    "data": "Registros de uso del servicio, por día y centro, que entrega el departamento cada lunes en CSV.",
    "has_personal_data": True,
    "data_protection": "La empresa es encargada del tratamiento (art. 28 RGPD). Los datos están en la Unión Europea y se borran "
    "a los treinta días del final. La delegada de protección de datos ha visto la evaluación de impacto.",
    "department_hours": Decimal("6.0"),
    "company_hours": Decimal("24.0"),
    "it_person": "Informática del Ayuntamiento de Madrid",
    "it_hours": Decimal("3.0"),
    "legal_person": "Servicio de contratación",
    "legal_hours": Decimal("1.0"),
    "risks": "Poca participación: se avisa en los centros y por el 010.\nCaída del servicio: se vuelve al modo anterior en un día.",
    "exit_plan": "La empresa entrega los datos y la documentación en un mes, retira lo instalado y borra lo que guardaba.",
}


def contract_recorded(stage: Stage, pilot: Pilot, at: datetime) -> Generator[datetime, None, None]:
    """The Office writes down the contract as the city's own systems know it."""
    yield at
    number = pilot.reference.rsplit("-", 1)[-1]
    charters.record_contract(
        pilot,
        by=stage.cast["oficina"],
        at=at,
        reference=f"CM-{at.year}-{number}",
        formalised_on=at.date(),
        starts_on=at.date(),
        ends_on=at.date() + timedelta(days=364),
        responsible="Marta Hernando Gil",
        responsible_post="Jefa del Servicio de Innovación",
        file_number=f"300/{at.year}/{int(number) + 412:05d}",
        accounting_document=f"AD {at.year} {int(number) + 1180:06d}",
        register_number=f"RCP-{at.year}-{int(number) + 73:04d}",
    )
