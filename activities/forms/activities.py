"""Forms of organizers: the plan, its times, festivals, numbers of walk-ins, corrections."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Activity, Brand, Festival
from activities.models.labels import ADMISSION_LABELS, AUDIENCE_LABELS, KIND_LABELS
from activities.rules.activities import MOST_PLACES, Admission, Audience, Kind
from activities.services.plans import ActivityPlan, OccasionPlan
from crisis.forms.fields import day, moment
from kernel.choices import choices_of
from kernel.errors import Refused
from kernel.uploads import PICTURES, Upload, accept_upload
from network.models import Unit

MOST_REPEATS = 30
MAX_ROWS = 60


class PlanForm(forms.Form):
    """What, for whom, how many. The times stand in a form set beside it."""

    title = forms.CharField(label=pgettext_lazy("activity", "Title"), max_length=80)
    unit = forms.ModelChoiceField(label=_("Held by"), queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices_of(KIND_LABELS))
    description = forms.CharField(
        label=_("What it is about"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Plain words that interest and do not label anybody."),
    )
    festival = forms.ModelChoiceField(label=_("Part of a festival"), queryset=Festival.objects.none(), required=False)
    brand = forms.ModelChoiceField(label=_("Part of a series"), queryset=Brand.objects.none(), required=False)
    audience = forms.ChoiceField(
        label=_("Whom it is for"), choices=choices_of(AUDIENCE_LABELS), widget=forms.RadioSelect
    )
    grade = forms.IntegerField(
        label=_("Only this grade"),
        required=False,
        min_value=2000,
        max_value=2099,
        help_text=_("The year of entry, such as 2026. Leave it empty for all."),
    )
    admission = forms.ChoiceField(
        label=_("How places are given"), choices=choices_of(ADMISSION_LABELS), widget=forms.RadioSelect
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text=_("Leave it empty for no limit."),
        error_messages={"min_value": _("Give at least one place, or leave the number empty for no limit.")},
    )
    enrol_from = moment(_("Enrolment opens"))
    enrol_until = moment(_("Enrolment closes"))
    is_discreet = forms.BooleanField(
        label=_("Discreet: only the organizer and the center see who takes part"), required=False
    )
    is_public = forms.BooleanField(label=_("Show it on the public site"), required=False)
    repeats = forms.IntegerField(
        label=_("Repeat the last time weekly"),
        required=False,
        min_value=0,
        max_value=MOST_REPEATS,
        help_text=_("How many more times, a week apart. Empty: none."),
    )

    def __init__(self, *args: Any, units: Any, school: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self._choices("unit").queryset = units
        self._choices("festival").queryset = Festival.objects.filter(school=school)
        self._choices("brand").queryset = Brand.objects.filter(school=school, is_active=True)

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def plan(self, occasions: Sequence[OccasionPlan]) -> ActivityPlan:
        """The plan that the valid form describes."""
        data = self.cleaned_data
        rows = list(occasions)
        for number in range(1, (data["repeats"] or 0) + 1):
            last, later = rows[len(occasions) - 1], timedelta(weeks=number)
            rows.append(OccasionPlan(last.starts_at + later, last.ends_at + later, last.place, last.hours))
        return ActivityPlan(
            unit=data["unit"],
            title=data["title"],
            occasions=rows,
            enrol_from=data["enrol_from"],
            enrol_until=data["enrol_until"],
            kind=Kind(data["kind"]),
            description=data["description"],
            capacity=data["capacity"],
            admission=Admission(data["admission"]),
            audience=Audience(data["audience"]),
            grade=data["grade"],
            is_discreet=data["is_discreet"],
            is_public=data["is_public"],
            festival=data["festival"],
            brand=data["brand"],
        )


class OccasionForm(forms.Form):
    """One time and place."""

    starts_at = moment(pgettext_lazy("occasion", "Starts"))
    ends_at = moment(pgettext_lazy("occasion", "Ends"))
    place = forms.CharField(label=pgettext_lazy("occasion", "Place"), max_length=80)
    hours = forms.DecimalField(
        label=_("Hours credited"),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal(0),
        max_value=Decimal(24),
        initial=Decimal("2.0"),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )

    def clean_hours(self) -> Decimal:
        hours: Decimal = self.cleaned_data["hours"]
        if hours % Decimal("0.5"):
            raise forms.ValidationError(_("Hours go in halves from 0 to 24, such as 1.5 or 2."), code="hours")
        return hours

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("It ends before it starts. Change one of the two times."))
        return data


OccasionFormSet = forms.formset_factory(OccasionForm, extra=0, min_num=1, max_num=MAX_ROWS, validate_min=True)


def occasions_of(formset: Any) -> list[OccasionPlan]:
    """The planned times of a valid form set, in order; rows marked for removal are left out."""
    rows = [form.cleaned_data for form in formset.forms if form.has_changed() or form.initial]
    return sorted(
        (OccasionPlan(row["starts_at"], row["ends_at"], row["place"], row["hours"]) for row in rows if row),
        key=lambda row: row.starts_at,
    )


def values_of(activity: Activity) -> dict[str, Any]:
    """What the form shows of an activity."""
    names = [name for name in PlanForm.base_fields if name != "repeats"]
    return {name: getattr(activity, f"{name}_id", None) or getattr(activity, name) for name in names}


def first_values(at: datetime) -> dict[str, Any]:
    """What a new plan begins with."""
    return {
        "kind": Kind.LECTURE.value,
        "audience": Audience.UNIT.value,
        "admission": Admission.QUEUE.value,
        "enrol_from": at.replace(minute=0, second=0, microsecond=0),
    }


class ReasonForm(forms.Form):
    """Why something is sent back or cancelled."""

    reason = forms.CharField(max_length=300)


class FestivalForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("festival", "Name"), max_length=60)
    theme = forms.CharField(label=pgettext_lazy("festival", "Theme"), max_length=120, required=False)
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"))


class BrandForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("series", "Name"), max_length=60)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        # On its page the form of a festival has a name, too.
        options.setdefault("auto_id", "id_series_%s")
        super().__init__(*args, **options)


class WalkInForm(forms.Form):
    numbers = forms.CharField(
        label=_("Student numbers"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric", "data-private": True}),
        help_text=_("One in each line, 200 at most."),
    )

    def numbers_typed(self) -> list[str]:
        return str(self.cleaned_data["numbers"]).replace(",", "\n").replace("，", "\n").split()


class CorrectionForm(forms.Form):
    hours = forms.DecimalField(
        label=_("Hours to take back"),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.5"),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The student reads it."))


class FeedbackForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=[(number, "★" * number) for number in range(5, 0, -1)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("A few words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-private": True}),
        help_text=_("Nobody sees who wrote it. If you would like to talk with somebody, write to the center instead."),
    )


class SummaryForm(forms.Form):
    words = forms.CharField(label=_("How it went"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
    picture = forms.FileField(
        label=_("A picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Only with the consent of whoever can be seen on it. Place and time are removed from the file."),
    )

    def clean_picture(self) -> Upload | None:
        file = self.cleaned_data["picture"]
        try:
            return accept_upload(file, kinds=PICTURES) if file else None
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code=refused.code) from refused


class DigitsForm(forms.Form):
    digits = forms.CharField(
        label=_("The six digits on the screen"),
        max_length=6,
        min_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9]{6}"}),
    )


def chosen_keys(form: Any) -> list[Any]:
    """The ticked enrolments of a request, as they were sent."""
    return cast("list[Any]", form.getlist("chosen"))
