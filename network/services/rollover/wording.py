"""What is wrong with a plan, where, and what to do about it, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.rules.rollover_plans import Fault, Problem

AT_STEP = _("Step %(step)d: ")
AT_STEP_ROW = _("Step %(step)d, row %(row)d: ")
AT_ROW = _("Row %(row)d: ")
MESSAGES: Mapping[Fault, Promise] = {
    Fault.PLAN_MALFORMED: _("This is not a plan. Take its form from the guide."),
    Fault.NO_STEPS: _("The plan has no steps yet. Add at least one."),
    Fault.TOO_MANY_STEPS: _("The plan has %(value)s steps, more than a plan takes. Divide it into several."),
    Fault.DATE_IMPOSSIBLE: _("The day is missing or impossible. Write it as 2026-07-01."),
    Fault.DATE_PAST: _("The day %(value)s is over. Choose today or a later day: what was reported before stays."),
    Fault.DATE_FAR: _("The day %(value)s is more than a year away. Choose an earlier one."),
    Fault.STEP_UNKNOWN: _("There is no kind of step “%(value)s”. See the guide for those that there are."),
    Fault.STEP_MALFORMED: _("“%(value)s” is missing or not understood. See the guide for the form of a step."),
    Fault.GRADE_IMPOSSIBLE: _("“%(value)s” is no grade. Enter the year of entry, such as 2022."),
    Fault.YEARS_IMPOSSIBLE: _("A length of study of “%(value)s” years is impossible. Enter 1 to 10."),
    Fault.TOO_EARLY: _("This grade finishes in %(value)s, after the day of the plan. Check grade and length of study."),
    Fault.YEARS_UNKNOWN: _(
        "The length of study of %(value)s is not known. Enter it under “Length of study”, or give the step a length."
    ),
    Fault.CLASS_UNKNOWN: _("There is no class “%(value)s”. Enter its name or code as in the list of units."),
    Fault.CLASS_AMBIGUOUS: _("Several classes are called “%(value)s”. Name the college too, or use the code."),
    Fault.CLASS_CLOSED: _("The class “%(value)s” is closed already. Choose one that is open."),
    Fault.COLLEGE_UNKNOWN: _("There is no college “%(value)s”. Enter its name or code as in the list of units."),
    Fault.COLLEGE_CLOSED: _("The college “%(value)s” is closed already. Choose one that is open."),
    Fault.OTHER_COLLEGE: _(
        "The class “%(value)s” belongs to another college. Choose classes of one college, or move the class first."
    ),
    Fault.OTHER_SCHOOL: _("“%(value)s” belongs to another school. Choose a unit of this one."),
    Fault.CLASS_TWICE: _("“%(value)s” stands in two steps. Leave it in one of them."),
    Fault.MERGE_CYCLIC: _("“%(value)s” would be merged into itself. Name as target a class that stays."),
    Fault.TARGET_CLOSES: _("“%(value)s” closes or graduates by another step. Choose a class that stays."),
    Fault.GRADES_DIFFER: _("“%(value)s” is of another grade. Only classes of one grade go together."),
    Fault.NAME_TAKEN: _("The name “%(value)s” is taken in that college. Choose another one."),
    Fault.NAME_IMPOSSIBLE: _("“%(value)s” cannot be a name. Enter 1 to 80 characters without < and >."),
    Fault.LIST_EMPTY: _("The list is empty. Enter at least one row."),
    Fault.LIST_TOO_LONG: _("The list has %(value)s rows, more than a school has. Check the file."),
    Fault.NUMBER_IMPOSSIBLE: _("“%(value)s” is no student number. Correct it."),
    Fault.NUMBER_UNKNOWN: _("Nobody at this school has the number %(value)s. Check it with the roster."),
    Fault.NUMBER_TWICE: _("The student %(value)s stands in two lists or twice in one. Delete one of the two rows."),
    Fault.NAME_DIFFERS: _("The name is not the one that belongs to the number %(value)s. Check both."),
    Fault.NOT_IN_CLASS: _("The student %(value)s is not in the class that is split. Delete the row."),
    Fault.IN_NO_LIST: _("The student %(value)s of this class is in none of its lists. Add the number to one."),
    Fault.STUDENT_AWAY: _("The student %(value)s has left the school. Delete the row."),
    Fault.NOT_ON_LEAVE: _("The student %(value)s is not on leave, so cannot return. Check the row."),
    Fault.NOT_GRADUATING: _("The student %(value)s does not graduate by this plan. Delete the row, or add the grade."),
    Fault.CHANGE_UNKNOWN: _(
        "“%(value)s” is no change that is known. Enter 转专业, 入伍, 复学, 留级, 休学, 退学 or 延毕."
    ),
    Fault.CLASS_NEEDED: _("The student %(value)s needs a new class. Enter it in the row."),
    Fault.GRADE_NOT_LATER: _(
        "The student %(value)s repeats a year, but the new class is not of a later grade. Check it."
    ),
}


def message(problem: Problem) -> str:
    """The sentence for a person, in the language of the moment."""
    text = str(MESSAGES[problem.code]) % {"value": problem.value}
    if problem.step and problem.row:
        return str(AT_STEP_ROW) % {"step": problem.step, "row": problem.row} + text
    if problem.step:
        return str(AT_STEP) % {"step": problem.step} + text
    return str(AT_ROW) % {"row": problem.row} + text if problem.row else text
