"""Fields that the forms of the yearly program share."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.choices import choices_of
from kernel.errors import Refused
from kernel.uploads import Upload, accept_upload
from network.models import Post, User
from network.models.bounds import FIRST_DAY, LAST_DAY
from network.rules import PEER_ROLES


class DayField(forms.DateField):
    """A day between the years 2000 and 2099, chosen from the browser's calendar."""

    def __init__(self, **options: Any) -> None:
        bounds = {"type": "date", "min": f"{FIRST_DAY}", "max": f"{LAST_DAY}"}
        super().__init__(widget=forms.DateInput(bounds, "%Y-%m-%d"), **options)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Choose a day between the years 2000 and 2099."), code="out-of-reach")
        return day


class NumberField(forms.DecimalField):
    """A decimal number: NaN and infinity are none."""

    def __init__(self, *, least: str, most: str, places: int, **options: Any) -> None:
        step = {"step": f"{Decimal(1).scaleb(-places)}", "min": least, "max": most, "inputmode": "decimal"}
        super().__init__(
            min_value=Decimal(least),
            max_value=Decimal(most),
            max_digits=14,
            decimal_places=places,
            widget=forms.NumberInput(attrs=step),
            **options,
        )


class ProofField(forms.FileField):
    """A picture or PDF, cleaned to what may be kept of it."""

    def __init__(self, **options: Any) -> None:
        accepted = {"accept": "image/jpeg,image/png,application/pdf"}
        super().__init__(required=False, widget=forms.FileInput(attrs=accepted), **options)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        file = super().clean(data, initial)
        try:
            return accept_upload(file) if file else None
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code=refused.code) from refused


class StaffField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of the staff of a school, or of the holders of posts at a unit and below."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.none(), **options)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.number})"

    def offer(self, posts: Any) -> None:
        """Offer the holders of these posts, students left out."""
        holders = posts.exclude(role__in=PEER_ROLES).values("holder")
        self.queryset = User.objects.filter(pk__in=holders, is_active=True).order_by("name", "number")


def staff_of(school_id: int, on: date) -> Any:
    """Posts held in a school on a day."""
    schools = Post.objects.active(on)
    return schools.filter(unit__school=school_id) | schools.filter(unit=school_id)


def choice(label: Any, labels: Mapping[Any, Any], **options: Any) -> forms.ChoiceField:
    """One of the labelled values; the value itself is kept."""
    return forms.ChoiceField(label=label, choices=choices_of(labels), **options)


def words(label: Any, longest: int, *, required: bool = True, rows: int = 0, hint: Any = "") -> forms.CharField:
    """A text; with `rows` an area of so many lines."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=hint)


def whole(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    """A whole number within bounds."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, **options)


class SaveForm(forms.Form):
    """A form whose cleaned values are a service's arguments."""

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
