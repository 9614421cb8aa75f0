from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.program_fields import DayField, NumberField, SaveForm, StaffField, choice, staff_of, whole, words
from activities.models.program_labels import ANSWER_LABELS, PREMISES_LABELS, STATION_ITEM_LABELS
from activities.rules.program import StationItem
from kernel.choices import choices_of


class PremisesForm(SaveForm):
    kind = choice(_("Kind of room"), PREMISES_LABELS)
    name = words(_("Name of the room"), 60)
    place = words(_("Campus, building, room"), 80)
    area = NumberField(label=_("Area in m²"), least="0.1", most="5000", places=1)
    seats = whole(_("Seats"), 1, 1000)
    equipment = words(_("Equipment"), 200, required=False)
    is_in_use = forms.BooleanField(label=_("In use"), required=False, initial=True)


class StationForm(SaveForm):
    place = words(_("Room"), 80)
    head = StaffField(label=_("Head of the station"))
    opening_hours = words(_("Opening hours"), 120)
    opened_on = DayField(label=_("Open since"))

    def __init__(self, *args: Any, school_id: int, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["head"]
        field.offer(staff_of(school_id, on))


class ChecklistForm(SaveForm):
    """One answer for each item."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in StationItem:
            self.fields[item.value] = forms.ChoiceField(
                label=STATION_ITEM_LABELS[item], choices=choices_of(ANSWER_LABELS), widget=forms.RadioSelect
            )

    @property
    def values(self) -> dict[str, Any]:
        return {"answers": {item.value: self.cleaned_data[item.value] for item in StationItem}}


class CheckForm(ChecklistForm):
    """The center's check, with what is to be mended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = words(_("What to mend"), 300, required=False, rows=3)

    @property
    def values(self) -> dict[str, Any]:
        return super().values | {"note": self.cleaned_data["note"]}
