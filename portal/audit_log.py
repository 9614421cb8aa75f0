"""The audit log as an auditor of one school may read it: the filter, the events in sight, the export."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import audit, audit_labels, xlsx
from kernel.models import AuditEvent, AuditEventQuerySet
from network.models import Student, Unit, User
from portal.audit_sentences import Sentence, sentences_of

MOST_ROWS = 50_000
CHUNK = 1000
# What the page says, then what was recorded.
HEADS = (
    _("time"),
    _("who"),
    _("action"),
    _("whom or what"),
    _("in what role, for what, at which unit"),
    _("details"),
    _("entry"),
    _("action as recorded"),
    _("object"),
    _("object id"),
    _("student id"),
)


def _action_choices() -> list[tuple[str, Any]]:
    return [("", _("All")), *audit_labels.actions().items()]


def _purpose_choices() -> list[tuple[str, Any]]:
    return [("", _("All")), *audit_labels.purposes().items()]


def _day_field(label: Any) -> forms.DateField:
    """A day that also has a neighbour and a moment in every time zone."""
    bounds = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, required=False, validators=bounds, widget=widget)


class AuditFilter(forms.Form):
    actor = forms.CharField(label=_("Who"), required=False, max_length=40)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=_action_choices)
    about = forms.CharField(label=_("Object or unit"), required=False, max_length=80)
    student = forms.CharField(label=_("Student number"), required=False, max_length=30)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False, choices=_purpose_choices)
    since = _day_field(_("From day"))
    until = _day_field(_("To day"))

    @property
    def asked(self) -> dict[str, Any]:
        """What is filtered by; what cannot be read is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, events: AuditEventQuerySet, *, subject_of: Callable[[str], str]) -> AuditEventQuerySet:
        """`subject_of`: finds by a student number whom the log calls the subject; "" for nobody in sight."""
        asked = self.asked
        if "actor" in asked:
            events = events.filter(actor__icontains=asked["actor"])
        if "action" in asked:
            events = events.filter(action=asked["action"])
        if "about" in asked:
            text = asked["about"]
            events = events.filter(Q(object_id=text) | Q(unit__istartswith=text) | Q(object_type__icontains=text))
        if "student" in asked:
            subject = subject_of(asked["student"])
            events = events.filter(subject=subject) if subject else events.none()
        if "purpose" in asked:
            events = events.filter(purpose=asked["purpose"])
        if "since" in asked:
            events = events.filter(at__gte=make_aware(datetime.combine(asked["since"], time.min)))
        if "until" in asked:
            events = events.filter(at__lt=make_aware(datetime.combine(asked["until"] + timedelta(days=1), time.min)))
        return events


def events_open_to(schools: Sequence[Unit]) -> AuditEventQuerySet:
    """Events at the units of these schools or done by their people; all events where there is no other school."""
    events: AuditEventQuerySet = AuditEvent.objects.all()
    if Unit.objects.schools().count() == len(schools):
        return events
    people = User.objects.filter(school__in=schools).annotate(key=Cast("pk", CharField()))
    condition = Q(unit="", actor_id__in=people.values("key"))
    for school in schools:
        condition |= Q(unit=school.code) | Q(unit__startswith=f"{school.code}-")
    return events.filter(condition)


def subject_in(schools: Sequence[Unit]) -> Callable[[str], str]:
    """Finds by a student number whom the log calls the subject, among the students of these schools; "" for nobody."""

    def subject_of(number: str) -> str:
        found = Student.objects.filter(school__in=schools, number=number.strip()).values_list("pk", flat=True).first()
        return str(found or "")

    return subject_of


def export_events(*, events: AuditEventQuerySet, unit: Unit, by: User, at: datetime) -> bytes:
    """The newest events as a workbook, in the words of the page; the export is an event itself."""
    rows: list[list[Any]] = [[str(head) for head in HEADS]]
    newest = events[:MOST_ROWS].iterator(chunk_size=CHUNK)
    while chunk := list(islice(newest, CHUNK)):
        rows += map(_row, sentences_of(chunk))
    audit.record(action="audit.export", by=by, at=at, obj=unit, unit=unit.code, detail={"rows": len(rows) - 1})
    return xlsx.write_workbook({gettext("Audit log"): rows})


def _row(sentence: Sentence) -> list[Any]:
    event = sentence.event
    details = [f"{label}: {value}" for label, value in sentence.details]
    details += [f"{key}={value}" for key, value in sentence.raw]
    words = [sentence.action, " · ".join(sentence.objects), " · ".join(sentence.for_what), "; ".join(details)]
    when = f"{localtime(event.at):%Y-%m-%d %H:%M:%S}"
    return [when, sentence.actor, *words, event.pk, event.action, event.object_type, event.object_id, event.subject]
