from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from kernel.querysets import AuditEventQuerySet
from network.forms.filters import FilterForm, search_field
from network.models.labels import LOOK_PURPOSE_LABELS, ROLE_LABELS
from network.rules import Role
from network.rules.access_log import BREAK_GLASS
from portal.access_table import Row

PURPOSES: dict[str, Any] = {
    **{purpose.value: label for purpose, label in LOOK_PURPOSE_LABELS.items()},
    BREAK_GLASS: _("Sealed data, with a reason"),
    # Not chosen either: what a page is for.
    "case": _("Opening a case"),
    "counseling": _("Referral to counseling"),
    "crisis": _("Crisis care"),
    "interview": _("Talk after a screening"),
    "own": _("Reading of one's own data"),
    "print": _("Printing"),
    "report": _("Report on a case"),
    "request": _("Request about one's data"),
    "task": _("Something one was asked to do"),
}

ACTIONS: dict[str, Any] = {
    "alarm.acknowledge": _("alarm acknowledged"),
    "alarm.add_evidence": _("more told about an alarm"),
    "alarm.complete": _("alarm completed"),
    "alarm.list": _("alarms listed"),
    "alarm.raise": _("alarm raised"),
    "alarm.read": _("alarm read"),
    "alarm.settle": _("alarm settled"),
    "audit.export": _("audit log exported"),
    "calendar.set": _("due days changed"),
    "campaign.close": _("screening closed"),
    "campaign.discard": _("screening draft discarded"),
    "campaign.draft": _("screening prepared"),
    "campaign.extend": _("screening extended"),
    "campaign.open": _("screening opened"),
    "campaign.print": _("screening report printed"),
    "campaign.release": _("feedback released to students"),
    "campaign.remind": _("reminded to take part"),
    "campaign.export_research": _("screening exported for research"),
    "campaign.revise": _("screening plan changed"),
    "campaign.write_text": _("screening text changed"),
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
    "case_file.read": _("scan of a case downloaded"),
    "consent.give": _("agreed to a consent text"),
    "consent.withdraw": _("took a consent back"),
    "consent_text.publish": _("consent text published"),
    "counseling.end": _("referral to counseling ended"),
    "counseling.give": _("student given to a counselor"),
    "counseling.hand_over": _("student handed over to counseling"),
    "counseling.list": _("referrals to counseling listed"),
    "counseling.read": _("referral to counseling read"),
    "counseling.take_on": _("first meeting in counseling held"),
    "cycle.open": _("month opened"),
    "data_request.decide": _("request about data decided"),
    "data_request.list": _("requests about data listed"),
    "data_request.make": _("asked about one's data"),
    "data_request.read": _("request about data read"),
    "duty_shift.add": _("duty shift added"),
    "duty_shift.drop": _("duty shift taken off"),
    "erasure.carry_out": _("data erased"),
    "erasure.replay": _("data erased again after a restore"),
    "escalation.set": _("climbing of alarms changed"),
    "exemption.ask": _("exemption asked for"),
    "exemption.decide": _("exemption decided"),
    "exemption.list": _("exemptions listed"),
    "feedback.list": _("feedback to colleges listed"),
    "feedback.see": _("feedback taken note of"),
    "glass.break": _("sealed data opened"),
    "glass.read": _("opening of sealed data looked at"),
    "glass.review": _("opening of sealed data reviewed"),
    "guardian.attempt": _("attempt to reach a family"),
    "guardian.reach": _("family told"),
    "guardian.read": _("notice to a family read"),
    "guardian.sign": _("signature of a family kept"),
    "guardian.start": _("notice to a family begun"),
    "hold.lift": _("legal hold lifted"),
    "hold.list": _("legal holds listed"),
    "hold.place": _("legal hold placed"),
    "hospital.save": _("hospital in the directory"),
    "incident.list": _("incidents listed"),
    "incident.read": _("incident read"),
    "incident.record": _("incident entered"),
    "interview.assign": _("talk assigned"),
    "interview.attempt": _("talk missed"),
    "interview.finish": _("talk settled"),
    "interview.list": _("talks listed"),
    "interview.read": _("talk and results looked at"),
    "interview.refuse": _("talk declined"),
    "line.list": _("dorm lines looked at"),
    "line.read": _("a student's months looked at"),
    "look.delay": _("looks kept back from the student"),
    "look.read_delay": _("looked whether looks are kept back"),
    "own_data.download": _("own data downloaded"),
    "own_data.read": _("own data looked at"),
    "paper.submit": _("questionnaire handed in"),
    "participation.agree": _("agreed to take part"),
    "participation.decline": _("chose not to take part"),
    "participation.list": _("unfinished questionnaires listed"),
    "post.appoint": _("appointed"),
    "post.choose": _("people looked up for a post"),
    "post.list": _("posts listed"),
    "post.relieve": _("relieved of a post"),
    "referral.print": _("referral printed"),
    "referral.read": _("referral read"),
    "referral.start": _("referral begun"),
    "referral.step": _("step of a referral stamped"),
    "relation.end": _("counselor's tie ended"),
    "relation.record": _("counselor's tie recorded"),
    "report.accept": _("report accepted"),
    "report.correct": _("report corrected"),
    "report.file": _("report filed"),
    "report.nudge": _("reminded to report"),
    "report.read": _("report read"),
    "report.save_draft": _("report saved as a draft"),
    "report.send_back": _("report sent back"),
    "response_plan.publish": _("response plan published"),
    "response_plan.tick": _("step of a response plan done"),
    "retention.apply": _("data over its time deleted"),
    "retention.confirm": _("retention plan confirmed"),
    "retention.set": _("retention period changed"),
    "return.apply": _("return applied for"),
    "return.commit": _("family's commitment kept"),
    "return.decide": _("decided on a return"),
    "return.follow_up": _("looked after somebody who came back"),
    "return.interview": _("interview about a return"),
    "return.read": _("leave and return read"),
    "return.start": _("leave of absence written down"),
    "roster.discard": _("roster import discarded"),
    "roster.import": _("roster imported"),
    "roster.read": _("roster upload looked at"),
    "roster.undo": _("roster import undone"),
    "roster.upload": _("roster uploaded"),
    "result_import.apply": _("results of another system imported"),
    "result_import.discard": _("results of another system discarded"),
    "result_import.map": _("columns of another system's results chosen"),
    "result_import.read": _("results of another system looked at"),
    "result_import.undo": _("import of another system's results undone"),
    "result_import.upload": _("results of another system uploaded"),
    "scale.discard": _("scale draft thrown away"),
    "scale.import": _("scale imported"),
    "scale.load": _("scale came with the portal"),
    "scale.publish": _("scale put to use"),
    "scale.rescore": _("papers scored again by a corrected key"),
    "scale.upload_wording": _("text of a scale uploaded"),
    "screening.read": _("screenings of a student looked at"),
    "special_period.end": _("special period ended"),
    "special_period.set": _("special period set"),
    "student.list": _("students listed"),
    "student.move": _("student moved"),
    "student.read": _("student looked at"),
    "summary.download": _("summary downloaded"),
    "summary.export": _("summary exported"),
    "talk.plan": _("talk planned"),
    "talk.sum_up": _("talk summed up"),
    "task.read": _("request read"),
    "training.record": _("training recorded"),
    "unit.create": _("unit created"),
    "unit.read": _("unit and its people looked at"),
    "unit.rename": _("unit renamed"),
    "unit_report.file": _("watchlist report filed"),
    "unit_report.print": _("watchlist report printed"),
    "user.add_factor": _("second factor added"),
    "user.disable": _("account closed"),
    "user.drop_factor": _("second factor removed"),
    "user.enable": _("account opened again"),
    "user.end_session": _("signed out elsewhere"),
    "user.fail_sign_in": _("sign-in failed"),
    "user.issue_slips": _("sign-in slips issued"),
    "user.reset_factors": _("second factor reset"),
    "user.reset_password": _("password reset"),
    "user.set_password": _("password set"),
    "user.sign_in": _("signed in"),
    "vacancy.list": _("residents of rooms without a head listed"),
    "watch.cancel": _("turn taken off a watch"),
    "watch.end": _("safety watch ended"),
    "watch.hand_over": _("watch handed over"),
    "watch.read": _("safety watch read"),
    "watch.shift": _("turn put on a watch"),
    "watch.start": _("safety watch begun"),
}


class AccessFilter(FilterForm):
    role = forms.ChoiceField(label=_("Open to"), required=False, choices=[("", _("All")), *ROLE_LABELS.items()])
    q = search_field(_("Address"))

    def apply(self, rows: Sequence[Row]) -> list[Row]:
        role, words = self.asked.get("role"), self.asked.get("q", "")
        return [row for row in rows if words in row.route.path and (not role or row.answer(Role(role)) != "no")]


class AuditFilter(forms.Form):
    actor = forms.CharField(label=_("Who"), required=False, max_length=40)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("All")), *ACTIONS.items()])
    about = forms.CharField(label=_("Object or unit"), required=False, max_length=80)
    student = forms.CharField(label=_("Student number"), required=False, max_length=30)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False, choices=[("", _("All")), *PURPOSES.items()])
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

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
