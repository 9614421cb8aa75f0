from django.utils.translation import gettext_lazy as _

from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {
    "campaign.close": _("screening closed"),
    "campaign.discard": _("screening draft discarded"),
    "campaign.draft": _("screening prepared"),
    "campaign.export_research": _("screening exported for research"),
    "campaign.extend": _("screening extended"),
    "campaign.open": _("screening opened"),
    "campaign.print": _("screening report printed"),
    "campaign.release": _("feedback released to students"),
    "campaign.remind": _("reminded to take part"),
    "campaign.revise": _("screening plan changed"),
    "campaign.write_text": _("screening text changed"),
    "exemption.ask": _("exemption asked for"),
    "exemption.decide": _("exemption decided"),
    "exemption.list": _("exemptions listed"),
    "feedback.list": _("feedback to colleges listed"),
    "feedback.see": _("feedback taken note of"),
    "interview.assign": _("talk assigned"),
    "interview.attempt": _("talk missed"),
    "interview.finish": _("talk settled"),
    "interview.list": _("talks listed"),
    "interview.read": _("talk and results looked at"),
    "interview.refuse": _("talk declined"),
    "paper.submit": _("questionnaire handed in"),
    "participation.agree": _("agreed to take part"),
    "participation.decline": _("chose not to take part"),
    "participation.list": _("unfinished questionnaires listed"),
    "relation.end": _("counselor's tie ended"),
    "relation.record": _("counselor's tie recorded"),
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
    "training.record": _("training recorded"),
}

PURPOSES: Labels = {
    "interview": _("Talk after a screening"),
}

declare(actions=ACTIONS, purposes=PURPOSES)
