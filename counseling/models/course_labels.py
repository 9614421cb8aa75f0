"""The words a person reads for courses."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.rules.courses import AnswerState, Closing, Phrase, TransferState
from counseling.rules.measures import MeasureKind

CLOSING_LABELS = {
    Closing.AGREED: pgettext_lazy("course", "Ended by agreement"),
    Closing.STUDENT_ENDED: pgettext_lazy("course", "The student ended it"),
    Closing.STAYED_AWAY: pgettext_lazy("course", "The student stayed away"),
    Closing.TRANSFERRED: pgettext_lazy("course", "Passed to another counselor"),
    Closing.TO_HOSPITAL: pgettext_lazy("course", "Goes on at a hospital"),
    Closing.LEFT_SCHOOL: pgettext_lazy("course", "The student left the school"),
    Closing.COUNSELOR_LEFT: pgettext_lazy("course", "The counselor left"),
}
MEASURE_LABELS = {
    MeasureKind.WHO5: pgettext_lazy("measure", "Well-being (WHO-5)"),
    MeasureKind.SUDS: pgettext_lazy("measure", "Distress (SUDS)"),
    MeasureKind.GOALS: pgettext_lazy("measure", "Goals reached (GAS)"),
}
TRANSFER_LABELS = {
    TransferState.ASKED: pgettext_lazy("transfer", "waits for the student's answer"),
    TransferState.AGREED: pgettext_lazy("transfer", "waits for the new counselor"),
    TransferState.DONE: pgettext_lazy("transfer", "passed on"),
    TransferState.DECLINED: pgettext_lazy("transfer", "the student said no"),
    TransferState.REFUSED: pgettext_lazy("transfer", "the new counselor said no"),
    TransferState.WITHDRAWN: pgettext_lazy("transfer", "taken back"),
}
ANSWER_LABELS = {
    AnswerState.ASKED: pgettext_lazy("question to a student", "waits for the student's answer"),
    AnswerState.AGREED: pgettext_lazy("question to a student", "the student said yes"),
    AnswerState.DECLINED: pgettext_lazy("question to a student", "the student said no"),
}
PHRASE_LABELS = {
    Phrase.CONSIDERATE: _("Please be considerate with this student in the coming weeks"),
    Phrase.DEADLINES: _("Please help this student with deadlines or leave if they ask for it"),
    Phrase.ROOM: _("Please help this student if they ask for another room"),
    Phrase.CONTACT: _("Please call the center if you worry about this student"),
}
