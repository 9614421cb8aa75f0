from django.utils.translation import gettext_lazy as _

from kernel.audit_labels import Labels, declare
from network.models.labels import LOOK_PURPOSE_LABELS
from network.rules.access_log import BREAK_GLASS

ACTIONS: Labels = {
    "consent.give": _("agreed to a consent text"),
    "consent.withdraw": _("took a consent back"),
    "consent_text.publish": _("consent text published"),
    "data_request.decide": _("request about data decided"),
    "data_request.list": _("requests about data listed"),
    "data_request.make": _("asked about one's data"),
    "data_request.read": _("request about data read"),
    "erasure.carry_out": _("data erased"),
    "erasure.replay": _("data erased again after a restore"),
    "glass.break": _("sealed data opened"),
    "glass.read": _("opening of sealed data looked at"),
    "glass.review": _("opening of sealed data reviewed"),
    "hold.lift": _("legal hold lifted"),
    "hold.list": _("legal holds listed"),
    "hold.place": _("legal hold placed"),
    "look.delay": _("looks kept back from the student"),
    "look.read_delay": _("looked whether looks are kept back"),
    "own_data.download": _("own data downloaded"),
    "own_data.read": _("own data looked at"),
    "post.appoint": _("appointed"),
    "post.choose": _("people looked up for a post"),
    "post.list": _("posts listed"),
    "post.relieve": _("relieved of a post"),
    "retention.apply": _("data over its time deleted"),
    "retention.confirm": _("retention plan confirmed"),
    "retention.set": _("retention period changed"),
    "roster.discard": _("roster import discarded"),
    "roster.import": _("roster imported"),
    "roster.read": _("roster upload looked at"),
    "roster.undo": _("roster import undone"),
    "roster.upload": _("roster uploaded"),
    "student.list": _("students listed"),
    "student.move": _("student moved"),
    "student.read": _("student looked at"),
    "unit.create": _("unit created"),
    "unit.read": _("unit and its people looked at"),
    "unit.rename": _("unit renamed"),
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
}

PURPOSES: Labels = {
    **{purpose.value: label for purpose, label in LOOK_PURPOSE_LABELS.items()},
    BREAK_GLASS: _("Sealed data, with a reason"),
    "own": _("Reading of one's own data"),
    "request": _("Request about one's data"),
}

declare(actions=ACTIONS, purposes=PURPOSES)
