from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from portal.kernel.querysets import AuditEventQuerySet

ACTIONS: dict[str, Any] = {
    "alarm.acknowledge": _("alarm acknowledged"),
    "alarm.add_evidence": _("more was told about an alarm"),
    "alarm.complete": _("alarm completed"),
    "alarm.list": _("alarms listed"),
    "alarm.raise": _("alarm raised"),
    "alarm.read": _("alarm read"),
    "alarm.settle": _("alarm settled"),
    "audit.export": _("audit log exported"),
    "calendar.set": _("due days changed"),
    "case.answer": _("request answered"),
    "case.ask": _("class adviser asked for something"),
    "case.decide_lowering": _("decided on a reassessment"),
    "case.edit": _("situation of a case written anew"),
    "case.list": _("watchlist looked at"),
    "case.note": _("written into a case"),
    "case.open": _("case opened"),
    "case.plan": _("care plan saved"),
    "case.raise": _("case raised"),
    "case.read": _("case read"),
    "case.reopen": _("case reopened"),
    "case.report": _("case report filed"),
    "case.request_lowering": _("reassessment sent"),
    "case.tell": _("somebody was told of a case"),
    "case.transfer": _("case handed over"),
    "cycle.open": _("month opened"),
    "duty_shift.add": _("duty shift added"),
    "duty_shift.drop": _("duty shift taken off"),
    "escalation.set": _("climbing of alarms changed"),
    "line.list": _("dorm lines looked at"),
    "post.appoint": _("appointed"),
    "post.relieve": _("relieved of a post"),
    "report.accept": _("report accepted"),
    "report.correct": _("report corrected"),
    "report.file": _("report filed"),
    "report.nudge": _("reminded to report"),
    "report.read": _("report read"),
    "report.save_draft": _("report saved as a draft"),
    "report.send_back": _("report sent back"),
    "roster.discard": _("roster import discarded"),
    "roster.import": _("roster imported"),
    "roster.read": _("roster upload looked at"),
    "roster.undo": _("roster import undone"),
    "roster.upload": _("roster uploaded"),
    "special_period.end": _("special period ended"),
    "special_period.set": _("special period set"),
    "student.list": _("students listed"),
    "student.move": _("student moved"),
    "student.read": _("student looked at"),
    "summary.download": _("summary downloaded"),
    "summary.export": _("summary exported"),
    "task.read": _("request read"),
    "unit.create": _("unit created"),
    "unit.read": _("unit and its people looked at"),
    "unit.rename": _("unit renamed"),
    "unit_report.file": _("watchlist report filed"),
    "unit_report.print": _("watchlist report printed"),
    "user.issue_slips": _("sign-in slips issued"),
    "user.reset_password": _("password reset"),
    "user.set_password": _("password set"),
}


class AuditFilter(forms.Form):
    actor = forms.CharField(label=_("Who"), required=False, max_length=40)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("All")), *ACTIONS.items()])
    about = forms.CharField(label=_("Object or unit"), required=False, max_length=80)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    @property
    def asked(self) -> dict[str, Any]:
        """What is filtered by; what cannot be read is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        asked = self.asked
        if "actor" in asked:
            events = events.filter(actor__icontains=asked["actor"])
        if "action" in asked:
            events = events.filter(action=asked["action"])
        if "about" in asked:
            text = asked["about"]
            events = events.filter(Q(object_id=text) | Q(unit__istartswith=text) | Q(object_type__icontains=text))
        if "since" in asked:
            events = events.filter(at__gte=make_aware(datetime.combine(asked["since"], time.min)))
        if "until" in asked:
            events = events.filter(at__lt=make_aware(datetime.combine(asked["until"] + timedelta(days=1), time.min)))
        return events
