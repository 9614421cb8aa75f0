"""What is wrong with a row and what to do about it, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.rules.cells import Code
from network.rules.roster_columns import STUDENT_COLUMNS, Fault

AT_ROW = _("Row %(row)d: ")
MESSAGES: dict[Code, Promise] = {
    Code.STUDENT_NUMBER_MISSING: _("“%(column)s” is empty. Enter the student number."),
    Code.STUDENT_NUMBER_REPEATED: _(
        "The student number %(value)s stands further up already. Delete one of the two rows."
    ),
    Code.STAFF_NUMBER_MISSING: _("“%(column)s” is empty. Enter the staff number."),
    Code.STAFF_NUMBER_REPEATED: _("The staff number %(value)s stands further up already. Delete one of the two rows."),
    Code.NUMBER_IMPOSSIBLE: _("“%(column)s” may hold up to 30 letters, digits, - and _ only. Please correct it."),
    Code.NUMBER_TAKEN: _("The number %(value)s belongs to somebody else. Check it with the student affairs office."),
    Code.NAME_MISSING: _("“%(column)s” is empty. Enter the name."),
    Code.NAME_TOO_LONG: _("“%(column)s” is longer than 40 characters. Please shorten it."),
    Code.NAME_DIFFERS: _("“%(column)s” is not the name that belongs to this number. Check both."),
    Code.MARKUP_IN_NAME: _("“%(column)s” holds < or >, which no name does. Enter the name alone."),
    Code.MARKUP_IN_TEXT: _("“%(column)s” holds < or >. Please remove them."),
    Code.TEXT_TOO_LONG: _("“%(column)s” is too long. Please shorten it."),
    Code.FORMULA: _("“%(column)s” holds a formula. Replace it by its value: copy, then paste as value."),
    Code.SEX_UNKNOWN: _("“%(column)s” says “%(value)s”. Please enter 男 or 女."),
    Code.STATUS_UNKNOWN: _("“%(column)s” says “%(value)s”. Please enter 在读, 休学, 复学, 退学 or 毕业."),
    Code.BIRTH_DATE_IMPOSSIBLE: _("“%(column)s” is not a day on which a student can be born. Enter it as 2006-10-23."),
    Code.GRADE_IMPOSSIBLE: _("“%(column)s” says “%(value)s”. Please enter the year of entry, such as 2026."),
    Code.COLLEGE_UNKNOWN: _("There is no college “%(value)s”. Use the name that stands under 部门 in the staff sheet."),
    Code.CLASS_MISSING: _("“%(column)s” is empty. Enter the class."),
    Code.CLASS_UNKNOWN: _("There is no class “%(value)s”. Enter it as in the student sheet, several joined by 、."),
    Code.DEPARTMENT_UNKNOWN: _("There is no college “%(value)s”. Enter it as in the student sheet."),
    Code.POST_UNKNOWN: _("“%(column)s” says “%(value)s”. Please enter one of the posts in the sample file."),
    Code.ADMINISTRATOR_POST: _(
        "“%(value)s” is an administrator, whom the security administrator appoints in the portal. Delete this row."
    ),
    Code.PERSON_UNKNOWN: _("Nobody has the number “%(value)s”. Check it, or add the person to the roster."),
    Code.UNIT_UNKNOWN: _("No single unit is called “%(value)s”. Enter the class, a dorm as 东6栋-101, or a unit code."),
    Code.MAIL_IMPOSSIBLE: _("“%(column)s” is not a mail address. Correct it or leave it empty."),
    Code.ROSTER_TOO_SMALL: _(
        "Only %(value)s of those who are there now stand in this file. If it is a part of the roster, say so when you "
        "upload it, and nobody will be taken off; otherwise upload the whole roster."
    ),
    Code.ERROR_VALUE: _("“%(column)s” holds an error such as #N/A. Enter the value itself."),
    Code.DATE_IN_TEXT: _("“%(column)s” holds a date. A spreadsheet may have made one of 6-12: enter it as text."),
    Code.TRUTH_VALUE: _("“%(column)s” holds TRUE or FALSE. Enter it as text."),
    Code.DIGITS_LOST: _("“%(column)s” is stored as a number so long that its last digits are lost. Enter it as text."),
    Code.CELLS_MERGED: _(
        "“%(column)s” is empty in %(value)s below a filled cell, as merged cells leave it. Take the merge apart, fill "
        "each cell and upload again."
    ),
    Code.ROOM_AMBIGUOUS: _("%(value)s campuses have this room. Fill in the column 校区."),
    Code.LEFT_HELD_BACK: _(
        "%(value)s people are not in the file, but nobody is taken off: a row without a readable number and name may "
        "be any of them."
    ),
    Code.POSTS_HELD_BACK: _("%(value)s posts would end, but stay: a row about them was refused."),
    Code.CLASS_RENAMED: _(
        "The class “%(column)s” disappears, and “%(value)s” appears with the same students. Renamed? Then it keeps its "
        "history and posts."
    ),
    Code.SHEET_READ: _("The sheet “%(value)s” was read as %(column)s."),
    Code.SHEET_HIDDEN: _("The sheet “%(value)s” is hidden and was read, because no other one is called so."),
    Code.SHEET_PASSED_OVER: _("The hidden sheet “%(value)s” was not read."),
    Code.ROWS_HIDDEN: _("%(value)s rows are hidden, perhaps by a filter. They were read as well."),
    Code.HEAD_IN_TWO_ROWS: _("The headings stand in two rows; both were read."),
    Code.FOOT: _("Passed over as the foot of the table: “%(value)s”."),
    Code.ROOM_MISSING: _("Without building or room number: imported without a dorm."),
    Code.CLASSES_MISSING: _("“%(column)s” is empty: imported without a post."),
    Code.SPACES_AROUND: _("Spaces around “%(column)s” were removed."),
    Code.SPACES_INSIDE: _("Spaces inside “%(column)s” were removed."),
    Code.MIDDLE_DOT: _("The dot in “%(column)s” was changed to the usual one."),
    Code.LEADING_ZEROS: _("“%(column)s” had lost the zeros in front; the known number was taken."),
    Code.FULL_WIDTH_DIGITS: _("Full-width digits in “%(column)s” were changed to ordinary ones."),
    Code.STUDENT_NUMBER_AS_FLOAT: _("“%(column)s” was stored as a number and is text now."),
    Code.STAFF_NUMBER_AS_FLOAT: _("“%(column)s” was stored as a number and is text now."),
    Code.PHONE_AS_FLOAT: _("“%(column)s” was stored as a number and is text now."),
    Code.BIRTH_DATE_TEXT: _("“%(column)s” was written as text and is a date now."),
}


def message(fault: Fault) -> str:
    """The sentence for a person, in the language of the moment."""
    text = str(MESSAGES[fault.code]) % {"column": fault.column, "value": fault.value}
    return text if not fault.row else str(AT_ROW) % {"row": fault.row} + text


UNUSUAL = {
    "room": _("%(count)d of %(total)d students change their room."),
    "class": _("%(count)d of %(total)d students change their class."),
    "college": _("%(count)d of %(total)d students change their college."),
    "left": _("%(count)d of %(total)d students are taken off."),
    "posts": _("%(count)d posts end."),
    "empty:dorm": _("%(count)d students lose their room."),
}
EMPTIED = _("“%(column)s” becomes empty for %(count)d students.")


def unusual_sentence(kind: str, number: int, total: int) -> str:
    """What is unusual about a difference, for the page."""
    if kind in UNUSUAL:
        return str(UNUSUAL[kind]) % {"count": number, "total": total}
    column = next((one.name for one in STUDENT_COLUMNS if one.attribute == kind.removeprefix("empty:")), kind)
    return str(EMPTIED) % {"column": column, "count": number}
