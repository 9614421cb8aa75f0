from typing import ClassVar

from django.utils.timezone import localdate
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.serializers import CharField, ModelSerializer
from rest_framework.viewsets import GenericViewSet

from network.access import own, requires
from network.models import Duty, Unit
from network.models.duties import DutyQuerySet
from network.models.units import UnitQuerySet
from network.rules import TREE


class UnitSerializer(ModelSerializer[Unit]):
    parent = CharField(source="parent.code", default=None, read_only=True)

    class Meta:
        model = Unit
        fields: ClassVar = ["code", "level", "name", "parent", "campus", "building", "room", "grade"]


class DutySerializer(ModelSerializer[Duty]):
    unit = CharField(source="unit.code", read_only=True)
    title = CharField(source="text", read_only=True)

    class Meta:
        model = Duty
        fields: ClassVar = ["kind", "title", "unit", "link", "due_at"]


@requires(*TREE)
class UnitViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Unit]):
    """The units of the caller's posts and all below them; `?level=` narrows the list."""

    serializer_class = UnitSerializer
    lookup_field = "code"
    lookup_value_regex = "[^/]+"

    def get_queryset(self) -> UnitQuerySet:
        units = Unit.objects.visible_to(self.request.user, *TREE).active().select_related("parent").order_by("code")
        level = self.request.query_params.get("level")
        return units.filter(level=level) if level else units


@own
class DutyViewSet(ListModelMixin, GenericViewSet[Duty]):
    """What the caller owes, soonest first."""

    serializer_class = DutySerializer

    def get_queryset(self) -> DutyQuerySet:
        return Duty.objects.unsettled().owed_by(self.request.user, localdate()).select_related("unit")
