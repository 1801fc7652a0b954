"""Units of the city, beside those that come with the portal."""

import factory
from factory.django import DjangoModelFactory

from govtech.reference.models import Department


class DepartmentFactory(DjangoModelFactory):
    """A department of its own."""

    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"T{n:03}")
    name = factory.Sequence(lambda n: f"Servicio de pruebas {n}")
    name_en = factory.Sequence(lambda n: f"Test service {n}")
    short_name = factory.Sequence(lambda n: f"Pruebas {n}")
    kind = Department.Kind.AREA
