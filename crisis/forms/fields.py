"""Fields that several forms of the watchlist share."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.labels import CRITERION_LABELS, LEVEL_LABELS
from crisis.rules import AlertLevel, Criterion, criteria_of, mask_of
from crisis.rules.dates import EARLIEST, LATEST
from kernel.errors import Refused
from kernel.uploads import Upload, accept_upload
from network.models import User


def words(label: Any, *, rows: int = 3, longest: int = 2000, required: bool = True, hint: Any = "") -> forms.CharField:
    """A field for what people write; it is stored encrypted."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows, "data-private": True}),
    )


def moment(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateTimeField:
    """Day and time, as the phone's own picker gives them."""
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        required=required,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        validators=[_check_bounds],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "min": f"{EARLIEST}T00:00", "max": f"{LATEST}T23:59"},
            format="%Y-%m-%dT%H:%M",
        ),
    )


def day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    attrs = {"type": "date", "min": str(EARLIEST), "max": str(LATEST)}
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        validators=[_check_bounds],
        widget=forms.DateInput(attrs, "%Y-%m-%d"),
    )


def _check_bounds(value: date) -> None:
    if not EARLIEST <= (value.date() if isinstance(value, datetime) else value) <= LATEST:
        raise forms.ValidationError(_("This year cannot be right. Look at the date once more."), code="date")


def level_field(*, least: AlertLevel = AlertLevel.YELLOW, label: Any = None) -> forms.TypedChoiceField:
    """The levels from `least` up, the gravest first."""
    choices = [(int(level), text) for level, text in LEVEL_LABELS.items() if level >= least]
    return forms.TypedChoiceField(
        label=label or pgettext_lazy("alert level", "Level"),
        choices=choices,
        coerce=lambda value: AlertLevel(int(value)),
        widget=forms.RadioSelect,
    )


class CriteriaField(forms.TypedMultipleChoiceField):
    """The ticked reportable groups, cleaned to their mask."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        choices = [(int(criterion), text) for criterion, text in CRITERION_LABELS.items()]
        super().__init__(choices=choices, coerce=lambda value: Criterion(int(value)), empty_value=[], **options)

    def clean(self, value: Any) -> int:
        return mask_of(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return [int(criterion) for criterion in criteria_of(value)] if isinstance(value, int) else value


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of those who may be chosen here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.none(), **options)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.number})"


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of those who may be chosen here."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.none(), **options)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.number})"


class ScanField(forms.FileField):
    """A picture or PDF, cleaned to what may be kept of it."""

    def __init__(self, **options: Any) -> None:
        accepted = {"accept": "image/jpeg,image/png,application/pdf"}
        super().__init__(widget=forms.FileInput(attrs=accepted), **options)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        file = super().clean(data, initial)
        try:
            return accept_upload(file) if file else None
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code=refused.code) from refused
