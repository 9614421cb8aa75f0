from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.models import Unit
from network.models.labels import SEX_LABELS
from screening.forms.days import DayField
from screening.models import Campaign, CampaignText, Scale
from screening.rules.windows import WEEK, default_window, faults
from screening.services import Plan, Text
from screening.services.campaigns.population import not_found
from screening.services.scales.instruments import title_of

NUMBERS_NAMED = 5
FAULTS = {
    "no-such-day": _("Give a day of this year or the next."),
    "window-too-long": _("A screening lasts at most half a year."),
    "ends-before-it-begins": _("The last day lies before the first."),
    "makeup-before-the-end": _("The make-up begins after the last day; choose a later day."),
    "makeup-too-long": _("The make-up lasts at most two weeks after the last day."),
}


class LinesField(forms.CharField):
    """Something on each line; empty lines and doubles are passed over."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea({"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class PopulationForm(forms.Form):
    grades = forms.MultipleChoiceField(
        label=_("Grades"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: all grades.")
    )
    colleges = forms.MultipleChoiceField(
        label=pgettext_lazy("to choose", "Colleges"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    classes = LinesField(
        label=pgettext_lazy("to choose", "Classes"), help_text=_("One name or code on each line. None: all classes.")
    )
    major = forms.CharField(label=_("Major contains"), required=False, max_length=40)
    sex = forms.MultipleChoiceField(
        label=_("Sex"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(SEX_LABELS.items())
    )
    numbers = LinesField(
        label=_("And these students"),
        help_text=_("Student numbers, one on each line. They are asked beside all who match the choices above."),
    )

    def __init__(self, *args: Any, school: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        units = Unit.objects.of_school(school).active()
        grades = units.classes().exclude(grade=None).order_by("-grade").values_list("grade", flat=True).distinct()
        self._offer("grades", [(str(grade), str(grade)) for grade in grades])
        self._offer("colleges", [(str(college.pk), college.name) for college in units.colleges()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_classes(self) -> list[int]:
        wanted: list[str] = self.cleaned_data["classes"]
        classes = Unit.objects.of_school(self.school).classes().active()
        known: dict[str, int] = {}
        for pk, name, code in classes.values_list("pk", "name", "code"):
            known |= {name: pk, code: pk}
        unknown = [(line, name) for line, name in enumerate(wanted, start=1) if name not in known]
        self._refuse(unknown, _("There is no such class in your school: %(names)s."))
        return [known[name] for name in wanted if name in known]

    def clean_numbers(self) -> list[str]:
        numbers: list[str] = self.cleaned_data["numbers"]
        message = _("Nobody of your school who is present has this number: %(names)s.")
        self._refuse(not_found(self.school, numbers), message)
        return numbers

    def _refuse(self, unknown: list[tuple[int, str]], message: Any) -> None:
        if not unknown:
            return
        named = [_("line %(line)s “%(name)s”") % {"line": line, "name": name} for line, name in unknown[:NUMBERS_NAMED]]
        more = _(" and %(n)s more") % {"n": len(unknown) - NUMBERS_NAMED} if len(unknown) > NUMBERS_NAMED else ""
        raise forms.ValidationError(message % {"names": ", ".join(map(str, named)) + str(more)}, code="not-found")

    @property
    def population(self) -> dict[str, Any]:
        """What was chosen, as a campaign keeps it."""
        chosen = self.cleaned_data
        kept = {
            "grades": [int(grade) for grade in chosen.get("grades", [])],
            "colleges": [int(pk) for pk in chosen.get("colleges", [])],
            "classes": chosen.get("classes", []),
            "major": chosen.get("major", ""),
            "sex": chosen.get("sex", []),
            "numbers": chosen.get("numbers", []),
        }
        return {name: value for name, value in kept.items() if value}


class CampaignForm(PopulationForm):
    name = forms.CharField(
        label=pgettext_lazy("campaign", "Name"),
        max_length=60,
        help_text=_("Students read it, for example “Screening 2026”."),
    )
    scales = forms.MultipleChoiceField(
        label=_("Scales, in this order"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one scale.")},
    )
    opens_on = DayField(label=_("First day"))
    closes_on = DayField(label=_("Last day"))
    makeup_until = DayField(
        label=_("Make-up until"),
        required=False,
        help_text=_("At most two weeks after the last day."),
    )
    purpose = forms.CharField(
        label=_("Why it is done"), max_length=500, widget=forms.Textarea({"rows": 3}), help_text=_("Students read it.")
    )
    explanation = forms.CharField(
        label=_("What to expect"),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("How long it takes, who reads the answers, what happens afterwards."),
    )
    tells_students = forms.BooleanField(
        label=_("Students get gentle feedback on their own page once the center releases it"), required=False
    )

    field_order = (
        "name",
        "scales",
        "opens_on",
        "closes_on",
        "makeup_until",
        "purpose",
        "explanation",
        "tells_students",
    )

    def __init__(self, *args: Any, school: Unit, scales: Iterable[Scale], **kwargs: Any) -> None:
        super().__init__(*args, school=school, **kwargs)
        self.offered = {str(scale.pk): scale for scale in scales}
        self._offer("scales", [(pk, title_of(scale)) for pk, scale in self.offered.items()])

    def clean(self) -> Mapping[str, Any]:  # type: ignore[override]
        cleaned: dict[str, Any] = super().clean() or {}
        opens_on, closes_on = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens_on and closes_on:
            for name, code in faults(opens_on, closes_on, cleaned.get("makeup_until")).items():
                self.add_error(name, str(FAULTS[code]))
        if not self.errors and not self.population:
            self.add_error("grades", _("Nobody would be asked: choose grades, colleges, classes or students."))
        return cleaned

    @property
    def plan(self) -> Plan:
        chosen = self.cleaned_data
        return Plan(
            name=chosen["name"],
            scales=[self.offered[pk] for pk in chosen["scales"]],
            population=self.population,
            opens_on=chosen["opens_on"],
            closes_on=chosen["closes_on"],
            makeup_until=chosen["makeup_until"],
            tells_students=chosen["tells_students"],
        )

    @property
    def text(self) -> Text:
        return Text(self.cleaned_data["purpose"], self.cleaned_data["explanation"])


class ExtendForm(forms.Form):
    closes_on = DayField(label=_("Last day"))
    makeup_until = DayField(label=_("Make-up until"), required=False)


class TextForm(forms.Form):
    purpose = forms.CharField(label=_("Why it is done"), max_length=500, widget=forms.Textarea({"rows": 3}))
    explanation = forms.CharField(label=_("What to expect"), max_length=2000, widget=forms.Textarea({"rows": 6}))

    @property
    def text(self) -> Text:
        return Text(self.cleaned_data["purpose"], self.cleaned_data["explanation"])


def first_values() -> dict[str, Any]:
    """What a new campaign begins with."""
    opens_on, closes_on = default_window(localdate())
    if closes_on < localdate():
        opens_on, closes_on = localdate(), localdate() + 4 * WEEK
    return {"opens_on": opens_on, "closes_on": closes_on, "tells_students": True}


def values_of(campaign: Campaign, text: CampaignText) -> dict[str, Any]:
    """A drafted campaign as the form shows it."""
    chosen = campaign.population
    classes = Unit.objects.of_school(campaign.school).filter(pk__in=chosen.get("classes", []))
    return {
        "name": campaign.name,
        "scales": [str(part.scale_id) for part in campaign.parts.all()],
        "opens_on": campaign.opens_on,
        "closes_on": campaign.closes_on,
        "makeup_until": campaign.makeup_until,
        "purpose": text.purpose,
        "explanation": text.explanation,
        "tells_students": campaign.tells_students,
        "grades": [str(grade) for grade in chosen.get("grades", [])],
        "colleges": [str(pk) for pk in chosen.get("colleges", [])],
        "classes": "\n".join(school_class.name for school_class in classes),
        "major": chosen.get("major", ""),
        "sex": chosen.get("sex", []),
        "numbers": "\n".join(chosen.get("numbers", [])),
    }
