from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from portal.kernel.querysets import AuditEventQuerySet

ACTIONS: dict[str, Any] = {
    "alarm.acknowledge": _("alarm acknowledged"),
    "alarm.list": _("alarms listed"),
    "alarm.raise": _("alarm raised"),
    "alarm.read": _("alarm read"),
    "audit.export": _("audit log exported"),
    "calendar.set": _("due days changed"),
    "campaign.close": _("screening closed"),
    "campaign.discard": _("screening draft discarded"),
    "campaign.draft": _("screening prepared"),
    "campaign.extend": _("screening extended"),
    "campaign.open": _("screening opened"),
    "campaign.release": _("feedback released to students"),
    "campaign.remind": _("reminded to take part"),
    "campaign.revise": _("screening plan changed"),
    "campaign.write_text": _("screening text changed"),
    "consent.give": _("agreed to a consent text"),
    "consent.withdraw": _("took a consent back"),
    "consent_text.publish": _("consent text published"),
    "cycle.open": _("month opened"),
    "data_request.decide": _("request about data decided"),
    "data_request.list": _("requests about data listed"),
    "data_request.make": _("asked about one's data"),
    "data_request.read": _("request about data read"),
    "erasure.carry_out": _("data erased"),
    "erasure.replay": _("data erased again after a restore"),
    "exemption.ask": _("exemption asked for"),
    "exemption.decide": _("exemption decided"),
    "exemption.list": _("exemptions listed"),
    "feedback.list": _("feedback to colleges listed"),
    "feedback.see": _("feedback taken note of"),
    "hold.lift": _("legal hold lifted"),
    "hold.list": _("legal holds listed"),
    "hold.place": _("legal hold placed"),
    "interview.assign": _("talk assigned"),
    "interview.attempt": _("talk missed"),
    "interview.finish": _("talk settled"),
    "interview.list": _("talks listed"),
    "interview.read": _("talk and results looked at"),
    "interview.refuse": _("talk declined"),
    "line.list": _("dorm lines looked at"),
    "own_data.download": _("own data downloaded"),
    "own_data.read": _("own data looked at"),
    "paper.submit": _("questionnaire handed in"),
    "participation.agree": _("agreed to take part"),
    "participation.decline": _("chose not to take part"),
    "participation.list": _("unfinished questionnaires listed"),
    "post.appoint": _("appointed"),
    "post.relieve": _("relieved of a post"),
    "relation.end": _("counselor's tie ended"),
    "relation.record": _("counselor's tie recorded"),
    "report.accept": _("report accepted"),
    "report.correct": _("report corrected"),
    "report.file": _("report filed"),
    "report.nudge": _("reminded to report"),
    "report.read": _("report read"),
    "report.save_draft": _("report saved as a draft"),
    "report.send_back": _("report sent back"),
    "retention.apply": _("data over its time deleted"),
    "retention.confirm": _("retention plan confirmed"),
    "retention.set": _("retention period changed"),
    "roster.discard": _("roster import discarded"),
    "roster.import": _("roster imported"),
    "roster.read": _("roster upload looked at"),
    "roster.undo": _("roster import undone"),
    "roster.upload": _("roster uploaded"),
    "scale.discard": _("scale draft thrown away"),
    "scale.import": _("scale imported"),
    "scale.load": _("scale came with the portal"),
    "scale.publish": _("scale put to use"),
    "scale.upload_wording": _("text of a scale uploaded"),
    "screening.read": _("screenings of a student looked at"),
    "student.list": _("students listed"),
    "student.move": _("student moved"),
    "student.read": _("student looked at"),
    "summary.download": _("summary downloaded"),
    "summary.export": _("summary exported"),
    "training.record": _("training recorded"),
    "unit.create": _("unit created"),
    "unit.read": _("unit and its people looked at"),
    "unit.rename": _("unit renamed"),
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
