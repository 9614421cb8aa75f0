"""What each role may see and do, copied by hand from the domain rules and the mission; the portal never reads it.

A new route needs one line in RULES, and its examples one builder in rows.py if the address names a kind of row that is
not there yet. A new column of the table of roles is copied into TABLE as it stands in the domain rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

# Domain rules, § 2. W write, R read in scope, T own assigned, S minimal summary, O own, a aggregate, B break-glass.
TABLE = """
role                   | roster        | dorm lines   | class report | raw answers | factors    | level      | crisis     | booking | notes      | referral | stats
leading_group          | -             | -            | a            | -           | -          | a          | S red only | a       | -          | a        | R
school_leader          | -             | -            | a            | -           | -          | a          | S red only | a       | -          | a        | R
center_director        | R             | R            | R            | B           | R          | R          | W          | R       | B          | W        | R
full_time_counselor    | R             | T            | R            | T           | T          | R          | W          | T       | W,T        | W,T      | R
part_time_counselor    | T             | -            | -            | T           | T          | T          | T          | T       | W,T        | T        | -
deputy_secretary       | R             | S            | R            | -           | -          | R          | W          | a       | -          | R        | R
college_coordinator    | R             | R            | W            | -           | -          | R          | W          | -       | -          | W        | R
fudaoyuan              | R             | R            | R            | -           | -          | T          | W,T        | -       | -          | T        | R
class_adviser          | R             | S            | R            | -           | -          | -          | S task     | -       | -          | -        | a
class_committee_member | names         | R until lock | W until lock | -           | -          | -          | -          | O       | -          | -        | -
dorm_head              | room-mates    | W until lock | -            | -           | -          | -          | -          | O       | -          | -        | -
student_union_officer  | -             | -            | -            | -           | -          | -          | -          | O       | -          | -        | public
college_union_officer  | -             | -            | -            | -           | -          | -          | -          | O       | -          | -        | public
system_administrator   | configuration | -            | -            | -           | -          | -          | -          | -       | -          | -        | -
security_administrator | posts         | -            | -            | -           | -          | -          | -          | -       | -          | -        | -
auditor                | logs only     | -            | -            | -           | -          | -          | -          | -       | -          | -        | -
"""  # noqa: E501
# What § 2 leaves to the mission (N1 to N4, M1 to M8) and to 等保 level 3. F file, C check, W write, R read.
# slips: W first passwords for the students of a class or grade, S sees the unit alone.
# Posts: W appoint and relieve, S nothing to give at this level, P the students' officers of the level alone, R read.
MISSION = """
role                   | units | dorm report | class report of the month | college report | export | posts of the school | posts of a college | posts of a class | posts of a dorm | import | settings | log | access | slips
leading_group          | R     | -           | -                         | -              | W      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
school_leader          | R     | -           | -                         | -              | W      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
center_director        | R     | R           | R                         | C              | W      | W                   | W                  | W                | W               | W      | W        | -   | -    | W
full_time_counselor    | R     | -           | R                         | R              | -      | R                   | R                  | R                | R               | -      | -        | -   | -    | -
part_time_counselor    | -     | -           | -                         | -              | -      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
deputy_secretary       | R     | -           | R                         | R              | W      | -                   | R                  | R                | R               | -      | -        | -   | -    | -
college_coordinator    | R     | R           | C                         | F              | W      | -                   | P                  | W                | W               | -      | -        | -   | -    | W
fudaoyuan              | R     | C           | C                         | -              | W      | -                   | -                  | W                | W               | -      | -        | -   | -    | W
class_adviser          | R     | -           | R                         | -              | -      | -                   | -                  | R                | R               | -      | -        | -   | -    | -
class_committee_member | R     | C           | F                         | -              | -      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
dorm_head              | R     | F           | -                         | -              | -      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
student_union_officer  | -     | -           | -                         | -              | -      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
college_union_officer  | -     | -           | -                         | -              | -      | -                   | -                  | -                | -               | -      | -        | -   | -    | -
system_administrator   | R     | -           | -                         | -              | -      | -                   | -                  | -                | -               | -      | W        | -   | -    | -
security_administrator | R     | -           | -                         | -              | -      | W                   | W                  | W                | W               | -      | -        | -   | W    | S
auditor                | -     | -           | -                         | -              | -      | -                   | -                  | -                | -               | -      | -        | R   | R    | -
"""  # noqa: E501
# What § 2 leaves to § 3, § 5 and the mission (C1, C2, S1 to S8, P3, P4). raising: an alarm about somebody. D decide:
# reassessing (a counselor's), second person (who agrees to a lower level), delay (of what a student sees of looks).
# campaigns: W run them, F follow those in one's care. interviews: W all of the school, T own. talks: T hold one's own.
# feedback: T what one was asked to do. privacy: W retention, holds, requests, consent texts. glass: B dorm lines.
# counseling: W all of the school, T what was given to one or handed over by one.
CARE = """
role                   | raising | reassessing | second person | campaigns | trainings | scales | interviews | talks | feedback | privacy | glass | delay | counseling
leading_group          | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
school_leader          | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
center_director        | W       | D           | D             | W         | W         | W      | W          | -     | R        | W       | B     | D     | W
full_time_counselor    | W       | D           | D             | W         | R         | R      | W          | T     | R        | -       | -     | D     | T
part_time_counselor    | W       | -           | -             | -         | -         | -      | T          | T     | -        | -       | -     | -     | T
deputy_secretary       | W       | -           | D             | F         | -         | -      | -          | -     | R        | -       | -     | -     | -
college_coordinator    | W       | -           | -             | F         | -         | -      | -          | -     | R        | -       | -     | -     | -
fudaoyuan              | W       | -           | -             | F         | -         | -      | -          | -     | T        | -       | -     | -     | -
class_adviser          | W       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
class_committee_member | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
dorm_head              | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
student_union_officer  | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
college_union_officer  | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
system_administrator   | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
security_administrator | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
auditor                | -       | -           | -             | -         | -         | -      | -          | -     | -        | -       | -     | -     | -
"""  # noqa: E501
# What § 2 leaves to the yearly program (E2 to E6, E8). W manage, R read; ledger: O one's own trainings; stations: W the
# college runs its own, C the center checks; articles: P write and approve, W write; societies: W found, L lead.
PROGRAM = """
role                   | program | money | ledger | plans | stations | articles | societies
leading_group          | -       | -     | -      | -     | -        | -        | -
school_leader          | -       | -     | -      | -     | -        | -        | -
center_director        | W       | W     | W      | W     | C        | P        | W
full_time_counselor    | W       | W     | W      | R     | C        | P        | W
part_time_counselor    | -       | -     | O      | -     | -        | W        | -
deputy_secretary       | R       | -     | -      | W     | W        | -        | W
college_coordinator    | R       | -     | O      | W     | W        | W        | W
fudaoyuan              | -       | -     | O      | W     | -        | -        | -
class_adviser          | -       | -     | -      | -     | -        | -        | -
class_committee_member | -       | -     | -      | -     | -        | -        | -
dorm_head              | -       | -     | -      | -     | -        | -        | -
student_union_officer  | -       | -     | -      | -     | -        | -        | L
college_union_officer  | -       | -     | -      | -     | -        | -        | L
system_administrator   | -       | -     | -      | -     | -        | -        | -
security_administrator | -       | -     | -      | -     | -        | -        | -
auditor                | -       | -     | -      | -     | -        | -        | -
"""

# What § 2 leaves to E1. activities: R sees the board and the activities of one's units. planning: W. rosters: W of all,
# T of one's own. approving: D decides. participants: R names of open activities. festivals: W.
ACTIVITIES = """
role                   | activities | planning | rosters | approving | participants | festivals
leading_group          | R          | -        | -       | -         | -            | -
school_leader          | R          | -        | -       | -         | -            | -
center_director        | R          | W        | W       | D         | R            | W
full_time_counselor    | R          | W        | W       | D         | R            | W
part_time_counselor    | R          | W        | T       | -         | -            | -
deputy_secretary       | R          | -        | -       | D         | R            | S
college_coordinator    | R          | W        | T       | D         | R            | S
fudaoyuan              | R          | W        | T       | D         | R            | S
class_adviser          | R          | -        | -       | -         | -            | -
class_committee_member | R          | W        | T       | -         | -            | -
dorm_head              | -          | -        | -       | -         | -            | -
student_union_officer  | R          | W        | T       | -         | -            | -
college_union_officer  | R          | W        | T       | -         | -            | -
system_administrator   | -          | -        | -       | -         | -            | -
security_administrator | -          | -        | -       | -         | -            | -
auditor                | -          | -        | -       | -         | -            | -
"""


def read(text: str) -> dict[str, dict[str, str]]:
    """Column → role → letter."""
    heads, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return {head: {row[0]: row[number] for row in rows} for number, head in enumerate(heads) if number}


COLUMNS = read(TABLE) | read(MISSION) | read(CARE) | read(ACTIVITIES) | read(PROGRAM)
# Letters that open what was given to one, told to one, or is one's own to hold, and nothing else.
GIVEN = frozenset({"T", "W,T", "S task"})


@dataclass(frozen=True)
class Rule:
    """Who gets in at a route: the column of the table, with which letters one sees it and with which one acts; with
    `reads` one reads the page but does not send it. `nothing`: there is nothing yet, whoever asks. `query`: what the
    address asks for besides."""

    door: str
    columns: tuple[str, ...] = ()
    sees: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()
    row: str = ""
    sends: dict[str, str] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    nothing: bool = False
    query: str = ""

    def at(self, method: str) -> "Rule":
        """The rule for a method: who reads a page need not be allowed to send it."""
        return replace(self, acts=self.acts | self.reads) if self.reads and method == "GET" else self

    def is_known(self, roles: Iterable[str], column: str = "", *, given: bool = True) -> bool:
        """Whether one of the roles sees such a row; `column` narrows it to the kind at hand, `given`: it is theirs."""
        return bool(self._letters(roles, column, given=given) & self.sees)

    def opens(self, roles: Iterable[str], column: str = "", *, given: bool = True) -> bool:
        """Whether one of the roles may do it."""
        return bool(self._letters(roles, column, given=given) & self.acts)

    def _letters(self, roles: Iterable[str], column: str, *, given: bool) -> set[str]:
        columns = [column] if column else self.columns
        return {COLUMNS[one][role] for role in roles for one in columns} - (frozenset() if given else GIVEN)


def reads(columns: str | Iterable[str], *letters: str, row: str = "") -> Rule:
    """A page: who has one of the letters reads it."""
    return Rule("ability", _names(columns), frozenset(letters), frozenset(letters), row)


def acts(columns: str | Iterable[str], *letters: str, row: str = "", sees: str = "", **sends: str) -> Rule:
    """An act for holders of the letters; whoever else sees the row (letters in `sees`) is refused it with 403."""
    return Rule("ability", _names(columns), frozenset(letters) | set(sees.split()), frozenset(letters), row, sends)


def asking(rule: Rule, query: str) -> Rule:
    """The same with a query in the address."""
    return replace(rule, query=query)


def read_by(rule: Rule, *letters: str) -> Rule:
    """The same, its page read by holders of these letters too."""
    return replace(rule, sees=rule.sees | set(letters), reads=frozenset(letters))


def _names(columns: str | Iterable[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


PUBLIC, OWN = Rule("public"), Rule("own")
# A student's own pages: nobody else has them.
STUDENT = Rule("student")
# Ways in that this university has not set up.
UNSET = Rule("public", nothing=True)
REPORTS = ("dorm report", "class report of the month", "college report")
POSTS = ("posts of the school", "posts of a college", "posts of a class", "posts of a dorm")
WATCHES = ("W", "W,T", "T")
# Work on a case; a part-time counselor who was told of it reads it.
WORKS = acts("crisis", "W", "W,T", row="case", sees="T")

RULES: dict[str, Rule] = {
    "home": OWN,
    "notices": OWN,
    "search": OWN,
    "duty-list": OWN,
    "notice-read-all": OWN,
    "notice-open": Rule("own", row="notice"),
    "notice-detail": Rule("own", row="notice"),
    "printed-file": Rule("own", row="printed file"),
    "job-detail": Rule("own", row="job"),
    "job-retry": Rule("own", row="job"),
    "audit-list": reads("log", "R"),
    "audit-export": reads("log", "R"),
    "access-table": reads("access", "R", "W"),
    "healthz": PUBLIC,
    "set_language": PUBLIC,
    "account_login": PUBLIC,
    "account_inactive": PUBLIC,
    "account_logout": OWN,
    "account_change_password": OWN,
    "account_reauthenticate": OWN,
    "api:unit-list": reads("units", "R"),
    "api:unit-detail": reads("units", "R", row="unit by code"),
    "api:duty-list": OWN,
    "network:unit-list": reads("units", "R"),
    "network:unit-detail": reads("units", "R", row="unit"),
    "network:unit-open": acts("settings", "W", row="unit with something below"),
    "network:unit-rename": acts("settings", "W", row="unit"),
    "network:unit-close": acts("settings", "W", row="unit"),
    "network:unit-keep": acts("settings", "W", row="unit"),
    "network:post-appoint": acts(POSTS, "W", "P", row="unit to fill", sees="S"),
    "network:colleague-admit": acts("access", "W", row="school"),
    "network:first-password-issue": acts(POSTS, "W", "S", "P", row="unit to fill"),
    "network:password-reset": acts(POSTS, "W", row="holder", sees="S P"),
    "network:access-request-list": OWN,
    "network:password-sheet-print": acts("slips", "W", row="class of students", sees="S"),
    "network:password-sheet": Rule("own", row="password sheet"),
    "network:password-sheet-download": Rule("own", row="password sheet file"),
    "network:access-request-decide": Rule("own", row="access request"),
    "network:identity-confirm": acts(POSTS, "R", "W", "S", "P", row="holder"),
    "network:student-list": reads("roster", "R", "names", "room-mates"),
    "network:student-detail": reads("roster", "R", "names", "room-mates", row="student"),
    "network:post-list": reads(POSTS, "W", "S", "P", "R"),
    "network:post-relieve": acts(POSTS, "W", row="post", sees="S P R"),
    "network:vacancy-list": reads(POSTS, "W", "S", "P"),
    "network:peer-choose": acts(POSTS, "W", "S", "P"),
    "network:vacancy-fill": acts(POSTS, "W", "S", "P", row="asked: unit to fill below"),
    "network:import-list": acts("import", "W"),
    "network:import-sample": acts("import", "W"),
    "network:import-detail": acts("import", "W", row="import"),
    "network:import-errors": acts("import", "W", row="import"),
    "network:import-answer": acts("import", "W", row="import"),
    "network:import-apply": acts("import", "W", row="import"),
    "network:import-discard": acts("import", "W", row="import"),
    "network:import-undo": acts("import", "W", row="import"),
    "network:rollover-list": acts("import", "W"),
    "network:rollover-sample": acts("import", "W"),
    "network:rollover-years": acts("import", "W"),
    "network:rollover-detail": acts("import", "W", row="rollover"),
    "network:rollover-change": acts("import", "W", row="rollover"),
    "network:rollover-step-add": acts("import", "W", row="kind of step of a rollover"),
    "network:rollover-step-drop": acts("import", "W", row="step of a rollover"),
    "network:rollover-confirm": acts("import", "W", row="rollover"),
    "network:rollover-recall": acts("import", "W", row="rollover"),
    "network:rollover-discard": acts("import", "W", row="rollover"),
    "network:rollover-undo": acts("import", "W", row="rollover"),
    "network:school-edit": acts("settings", "W"),
    "network:term-list": acts("settings", "W"),
    "network:term-set": acts("settings", "W"),
    "network:term-drop": acts("settings", "W", row="term"),
    "network:day-plan-set": acts("settings", "W"),
    "network:day-plan-drop": acts("settings", "W", row="day plan"),
    "crisis:alarm-list": acts("crisis", "W", "W,T"),
    "crisis:alarm-detail": acts("crisis", "W", "W,T", row="alarm"),
    "crisis:alarm-acknowledge": acts("crisis", "W", "W,T", row="alarm"),
    "reporting:report-list": reads(REPORTS, "F", "C", "R"),
    "reporting:report-detail": reads(REPORTS, "F", "C", "R", row="report"),
    "reporting:report-done": reads(REPORTS, "F", "C", "R", row="report"),
    "reporting:month-board": reads((*REPORTS, "settings"), "F", "C", "R", "W"),
    "reporting:month-open": acts("settings", "W"),
    "reporting:calendar-edit": acts("settings", "W"),
    "reporting:dorm-well": acts(REPORTS, "F", row="dorm report", sees="C R"),
    "reporting:dorm-file": acts(REPORTS, "F", row="dorm report", sees="C R"),
    "reporting:class-file": acts(REPORTS, "F", row="class report", sees="C R"),
    "reporting:class-draft": acts(REPORTS, "F", row="class report", sees="C R"),
    "reporting:college-file": acts(REPORTS, "F", row="college report", sees="C R"),
    "reporting:college-draft": acts(REPORTS, "F", row="college report", sees="C R"),
    "reporting:alarm-raise": acts(REPORTS, "F", "C", row="dorm report", sees="R"),
    "reporting:line-alarm-raise": acts(REPORTS, "F", "C", row="dorm report of a student", sees="R"),
    "reporting:report-accept": acts(REPORTS, "C", row="report", sees="F R"),
    "reporting:report-send-back": acts(REPORTS, "C", row="report", sees="F R"),
    "reporting:report-nudge": acts(REPORTS, "C", row="report", sees="F R"),
    "reporting:report-correct": acts(REPORTS, "F", "C", row="accepted report", sees="R"),
    "reporting:summary-page": reads("stats", "R", "a", row="asked: unit with figures"),
    "reporting:line-list": reads("dorm lines", "R", "S", row="asked: unit with figures"),
    "reporting:export-start": acts("export", "W", row="asked: unit with figures", month="2026-11"),
    "reporting:export-list": acts("export", "W"),
    "reporting:export-download": acts("export", "W", row="export"),
    "look-list": STUDENT,
    "healthz_alarms": PUBLIC,
    "readyz": PUBLIC,
    # With the right token alone.
    "metrics": UNSET,
    "device-list": OWN,
    "device-end": Rule("own", row="device"),
    "device-end-others": OWN,
    "mfa_index": OWN,
    "factor-drop": Rule("own", row="factor"),
    "mfa_activate_totp": OWN,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": OWN,
    "mfa_view_recovery_codes": OWN,
    "recovery-codes-download": Rule("own", nothing=True),
    "mfa_add_webauthn": OWN,
    "mfa_login_webauthn": PUBLIC,
    "mfa_reauthenticate_webauthn": OWN,
    "cas_login": UNSET,
    "cas_callback": UNSET,
    "openid_connect_login": replace(UNSET, row="provider"),
    "openid_connect_callback": replace(UNSET, row="provider"),
    "saml_login": replace(UNSET, row="organization"),
    "saml_acs": replace(UNSET, row="organization"),
    "saml_finish_acs": replace(UNSET, row="organization"),
    "saml_metadata": replace(UNSET, row="organization"),
    "saml_sls": replace(UNSET, row="organization"),
    "socialaccount_login_cancelled": PUBLIC,
    "network:account-disable": acts(POSTS, "W", row="holder", sees="S P"),
    "network:account-enable": acts(POSTS, "W", row="holder", sees="S P"),
    "network:person-factor-reset": acts(POSTS, "W", row="holder", sees="S P"),
    "network:student-purpose": acts("roster", "R", row="student", sees="names room-mates", purpose="care"),
    "network:student-delay": acts(("crisis", "delay"), "D", row="student", sees="W W,T"),
    "network:student-break-glass": acts(("dorm lines", "glass"), "B", row="sealed student", sees="R"),
    "network:break-glass-list": OWN,
    "network:break-glass-review": Rule("own", row="glass opening"),
    "network:consent-list": STUDENT,
    "network:consent-give": Rule("student", sends={"purpose": "screening"}),
    "network:consent-withdraw": Rule("student", sends={"purpose": "screening"}),
    "network:own-phone": OWN,
    "network:own-data": STUDENT,
    "network:own-data-download": STUDENT,
    "network:request-make": asking(STUDENT, "kind=correction"),
    "network:request-list": acts("privacy", "W"),
    "network:request-enter": acts("privacy", "W"),
    "network:request-detail": acts("privacy", "W", row="data request"),
    "network:hold-list": acts("privacy", "W"),
    "network:hold-lift": acts("privacy", "W", row="hold"),
    "network:retention-page": acts("privacy", "W"),
    "network:retention-set": acts("privacy", "W"),
    "network:retention-confirm": acts("privacy", "W"),
    "network:text-list": acts("privacy", "W"),
    "network:text-write": asking(acts("privacy", "W"), "purpose=screening"),
    "crisis:alarm-action": acts("crisis", "W", "W,T", row="alarm"),
    "crisis:alarm-complete": acts("crisis", "W", "W,T", row="alarm"),
    "crisis:alarm-tell-near": acts("crisis", "W", row="alarm of counseling"),
    "crisis:disclosure-detail": reads("crisis", "W", "W,T", row="disclosure"),
    "crisis:alarm-settle": acts("crisis", "W", "W,T", row="alarm"),
    "crisis:alarm-raise": acts("raising", "W"),
    "crisis:alarm-raised": acts("raising", "W"),
    "crisis:help-ask": STUDENT,
    "crisis:case-list": reads("crisis", *WATCHES),
    "crisis:case-dashboard": reads("crisis", "W"),
    "crisis:figures": reads("crisis", "W"),
    "crisis:figures-print": reads("crisis", "W"),
    "crisis:case-red": reads("crisis", "S red only"),
    "crisis:case-detail": reads("crisis", *WATCHES, row="case"),
    "crisis:case-note": WORKS,
    "crisis:case-raise": WORKS,
    "crisis:case-edit": WORKS,
    "crisis:case-plan": WORKS,
    "crisis:case-transfer": WORKS,
    "crisis:case-ask": WORKS,
    "crisis:case-reopen": WORKS,
    "crisis:case-report": WORKS,
    "crisis:case-report-read": reads("crisis", *WATCHES, row="filed report"),
    "crisis:case-tell": replace(WORKS, row="told"),
    "crisis:case-lower": acts(("crisis", "reassessing"), "D", row="case", sees="W W,T T"),
    "crisis:case-decide": acts(("crisis", "second person"), "D", row="case", sees="W W,T T"),
    "crisis:student-case": reads("crisis", *WATCHES, row="student in care"),
    "crisis:case-open": acts("crisis", "W", "W,T", row="student"),
    "crisis:student-section": reads("crisis", *WATCHES, row="student of the watchlist"),
    "crisis:task-detail": Rule("own", row="task"),
    "crisis:settings-edit": acts("settings", "W"),
    "crisis:escalation-set": acts("settings", "W"),
    "crisis:duty-shift-add": acts("settings", "W"),
    "crisis:duty-shift-drop": acts("settings", "W", row="shift"),
    "crisis:special-period-set": acts("settings", "W"),
    "crisis:special-period-end": acts("settings", "W", row="period"),
    "reporting:student-lines": reads("dorm lines", "R", "S", row="student"),
    "screening:campaign-list": acts("campaigns", "W", "F"),
    "screening:campaign-new": acts("campaigns", "W"),
    "screening:campaign-count": acts("campaigns", "W"),
    "screening:campaign-detail": acts("campaigns", "W", "F", row="campaign"),
    "screening:campaign-progress": acts("campaigns", "W", "F", row="campaign"),
    "screening:campaign-people": acts("campaigns", "W", "F", row="campaign"),
    "screening:campaign-remind": acts("campaigns", "W", "F", row="campaign"),
    "screening:campaign-extend": acts("campaigns", "W", row="campaign", sees="F"),
    "screening:campaign-close": acts("campaigns", "W", row="campaign", sees="F"),
    "screening:campaign-release": acts("campaigns", "W", row="campaign", sees="F"),
    "screening:campaign-text": acts("campaigns", "W", row="campaign", sees="F"),
    "screening:campaign-edit": acts("campaigns", "W", row="drafted campaign"),
    "screening:campaign-open": acts("campaigns", "W", row="drafted campaign"),
    "screening:campaign-discard": acts("campaigns", "W", row="drafted campaign"),
    "screening:participation-exempt": acts("campaigns", "W", "F", row="somebody asked"),
    "screening:exemption-list": acts("campaigns", "W"),
    "screening:exemption-decide": acts("campaigns", "W", row="exemption"),
    "screening:training-part": reads("trainings", "W", "R"),
    "screening:training-list": read_by(acts("trainings", "W"), "R"),
    "screening:relation-list": acts("campaigns", "W"),
    "screening:relation-end": acts("campaigns", "W", row="relation"),
    "screening:interview-list": reads("interviews", "W", "T"),
    "screening:interview-detail": reads("interviews", "W", "T", row="interview"),
    "screening:interview-assign": acts("interviews", "W", row="interview", sees="T"),
    "screening:interview-finish": acts(("interviews", "talks"), "T", row="interview", sees="W"),
    "screening:interview-refuse": acts(("interviews", "talks"), "T", row="interview", sees="W"),
    "screening:interview-attempt": acts(("interviews", "talks"), "T", row="interview", sees="W"),
    "screening:feedback-list": reads("feedback", "R", "T"),
    "screening:feedback-see": acts("feedback", "R", "T", row="feedback"),
    "screening:student-section": reads("level", "R", "T", row="student of a talk"),
    "screening:participation-list": OWN,
    "screening:participation-agree": Rule("own", row="participation"),
    "screening:participation-start": Rule("own", row="participation"),
    "screening:participation-decline": Rule("own", row="participation"),
    "screening:participation-feedback": Rule("own", row="participation"),
    "screening:paper-answer": Rule("own", row="paper"),
    "screening:paper-save": Rule("own", row="paper"),
    "screening:paper-submit": Rule("own", row="paper"),
    "screening:paper-done": Rule("own", row="paper"),
    "screening:scale-list": read_by(acts("scales", "W"), "R"),
    "screening:scale-detail": acts("scales", "W", "R", row="scale"),
    "screening:scale-export": acts("scales", "W", "R", row="scale"),
    "screening:scale-workbook": acts("scales", "W", "R", row="scale"),
    "screening:scale-wording": acts("scales", "W", row="scale", sees="R"),
    "screening:scale-publish": acts("scales", "W", row="scale", sees="R"),
    "screening:scale-discard": acts("scales", "W", row="scale", sees="R"),
    "screening:scale-rescore": acts("scales", "W", row="scale", sees="R"),
    "screening:figures-list": reads("stats", "R", "a"),
    "screening:campaign-figures": reads("stats", "R", "a", row="campaign"),
    "screening:campaign-report": acts("export", "W", row="campaign"),
    "screening:research-export": acts("factors", "R", row="campaign"),
    "screening:import-list": acts("campaigns", "W"),
    "screening:import-detail": acts("campaigns", "W", row="results of another system"),
    "screening:import-map": acts("campaigns", "W", row="results of another system"),
    "screening:import-apply": acts("campaigns", "W", row="results of another system"),
    "screening:import-undo": acts("campaigns", "W", row="results of another system"),
    "screening:import-discard": acts("campaigns", "W", row="results of another system"),
    "activities:indicator-list": reads("stats", "R", "a"),
    "activities:course-list": reads("program", "W", "R"),
    "activities:course-new": acts("program", "W"),
    "activities:course-detail": reads("program", "W", "R", row="course"),
    "activities:course-edit": acts("program", "W", row="course", sees="R"),
    "activities:run-new": acts("program", "W", row="course", sees="R"),
    "activities:exchange-new": acts("program", "W", row="course", sees="R"),
    "activities:course-import-new": acts("program", "W", row="course", sees="R"),
    "activities:run-detail": reads("program", "W", "R", row="course run"),
    "activities:team-add": acts("program", "W", row="course run", sees="R"),
    "activities:team-drop": acts("program", "W", row="teacher of a run", sees="R"),
    "activities:course-import-detail": acts("money", "W", row="course list"),
    "activities:course-import-apply": acts("money", "W", row="course list"),
    "activities:course-import-discard": acts("money", "W", row="course list"),
    "activities:training-list": acts("ledger", "W", "O"),
    "activities:training-new": acts("ledger", "W", "O"),
    "activities:training-evidence": acts("ledger", "W", row="training"),
    "activities:training-confirm": acts("ledger", "W", row="training"),
    "activities:training-drop": acts("ledger", "W", row="training"),
    "activities:lesson-list": acts("money", "W"),
    "activities:lesson-new": acts("money", "W"),
    "activities:lesson-detail": acts("money", "W", row="training of the center"),
    "activities:budget-list": acts("money", "W"),
    "activities:budget-set": acts("money", "W"),
    "activities:budget-year": acts("money", "W", row="budget"),
    "activities:entry-new": acts("money", "W", row="budget"),
    "activities:entry-refund": acts("money", "W", row="budget entry"),
    "activities:entry-evidence": acts("money", "W", row="budget entry"),
    "activities:article-list": acts("articles", "P", "W"),
    "activities:article-new": acts("articles", "P", "W"),
    "activities:article-detail": acts("articles", "P", "W", row="article"),
    "activities:article-edit": acts("articles", "P", "W", row="article"),
    "activities:article-submit": acts("articles", "P", "W", row="article"),
    "activities:article-approve": acts("articles", "P", row="submitted article", sees="W"),
    "activities:article-send-back": acts("articles", "P", row="submitted article", sees="W"),
    "activities:article-withdraw": acts("articles", "P", row="submitted article", sees="W"),
    "activities:library-list": acts("articles", "P", "W"),
    "activities:library-new": acts("articles", "P", "W"),
    "activities:library-approve": acts("articles", "P", row="library item", sees="W"),
    "activities:library-drop": acts("articles", "P", row="library item", sees="W"),
    "activities:open-home": PUBLIC,
    "activities:open-articles": PUBLIC,
    "activities:open-article": replace(PUBLIC, row="public article"),
    "activities:open-self-help": PUBLIC,
    "activities:open-activities": PUBLIC,
    "activities:open-library": PUBLIC,
    "activities:open-search": PUBLIC,
    "activities:open-feed": PUBLIC,
    "activities:open-sitemap": PUBLIC,
    "activities:plan-list": reads("plans", "W", "R"),
    "activities:plan-new": acts("plans", "W"),
    "activities:plan-detail": reads("plans", "W", "R", row="work plan"),
    "activities:goal-new": acts("plans", "W", row="work plan", sees="R"),
    "activities:goal-detail": Rule("own", row="goal"),
    "activities:goal-edit": acts("plans", "W", row="goal of a plan", sees="R"),
    "activities:goal-drop": acts("plans", "W", row="goal of a plan", sees="R"),
    "activities:step-new": Rule("own", row="goal"),
    "activities:step-move": Rule("own", row="step"),
    "activities:step-evidence": Rule("own", row="step"),
    "activities:premises-list": reads("program", "W", "R"),
    "activities:premises-new": acts("program", "W"),
    "activities:premises-edit": acts("program", "W", row="premises", sees="R"),
    "activities:station-list": reads("stations", "W", "C"),
    "activities:station-detail": reads("stations", "W", "C", row="station"),
    "activities:station-edit": acts("stations", "W", row="station", sees="C"),
    "activities:station-answer": acts("stations", "W", row="station", sees="C"),
    "activities:station-check": acts("stations", "C", row="station check", sees="W"),
    "activities:society-list": acts("societies", "W", "L"),
    "activities:society-new": acts("societies", "W"),
    "activities:society-detail": acts("societies", "W", "L", row="society"),
    "activities:society-edit": acts("societies", "W", row="society", sees="L"),
    "activities:member-add": acts("societies", "W", "L", row="society"),
    "activities:society-link": acts("societies", "W", "L", row="society"),
    "activities:member-end": acts("societies", "W", "L", row="membership"),
}

# Around the person, response plans and incidents.
AROUND = acts("crisis", "W", "W,T", row="case", sees="T")
RULES |= {
    "crisis:file-read": reads("crisis", "W", "W,T", "T", row="scan"),
    "crisis:guardian-start": AROUND,
    "crisis:guardian-detail": reads("crisis", "W", "W,T", "T", row="notice to a family"),
    "crisis:guardian-attempt": replace(AROUND, row="notice to a family"),
    "crisis:guardian-reached": replace(AROUND, row="notice to a family"),
    "crisis:guardian-sign": replace(AROUND, row="notice to a family"),
    "crisis:watch-start": AROUND,
    "crisis:watch-detail": reads("crisis", "W", "W,T", "T", row="watch"),
    "crisis:watch-turn": replace(AROUND, row="watch"),
    "crisis:watch-end": replace(AROUND, row="watch"),
    "crisis:watch-hand-over": replace(AROUND, row="turn of a watch"),
    "crisis:watch-cancel": replace(AROUND, row="turn of a watch"),
    "crisis:referral-start": AROUND,
    "crisis:referral-detail": reads("crisis", "W", "W,T", "T", row="referral"),
    "crisis:referral-step": replace(AROUND, row="referral"),
    "crisis:referral-break": replace(AROUND, row="referral"),
    "crisis:referral-print": reads("crisis", "W", "W,T", "T", row="referral"),
    "crisis:student-leave": acts("crisis", "W", row="student"),
    "crisis:return-page": reads("crisis", "W", row="return without a case"),
    "crisis:return-act": acts("crisis", "W", row="act on a return without a case"),
    "crisis:return-start": AROUND,
    "crisis:return-detail": reads("crisis", "W", "W,T", "T", row="return"),
    "crisis:return-apply": replace(AROUND, row="return"),
    "crisis:return-interview": replace(AROUND, row="return"),
    "crisis:return-commit": replace(AROUND, row="return"),
    "crisis:return-decide": replace(AROUND, row="return"),
    "crisis:return-follow-up": replace(AROUND, row="look after a return"),
    "crisis:talk-plan": AROUND,
    "crisis:talk-sum-up": replace(AROUND, row="talk"),
    "network:alias-resolve": acts("counseling", "W"),
    "crisis:counseling-list": reads("counseling", "W", "T"),
    "crisis:counseling-detail": reads("counseling", "W", "T", row="referral to counseling"),
    "crisis:counseling-give": acts("counseling", "W", row="referral to counseling", sees="T"),
    "crisis:counseling-take-on": acts("counseling", "T", row="referral to counseling", sees="W"),
    "crisis:counseling-end": acts("counseling", "W", "T", row="referral to counseling"),
    "crisis:plan-tick": acts("crisis", "W", "W,T", row="step of an alarm"),
    "crisis:plan-list": reads(("crisis", "settings"), "W", "W,T"),
    "crisis:plan-publish": acts("settings", "W"),
    "crisis:hospital-list": reads(("crisis", "settings"), "W", "W,T", "T"),
    "crisis:hospital-add": acts("settings", "W"),
    "crisis:hospital-edit": acts("settings", "W", row="hospital"),
    "crisis:incident-list": reads("crisis", "W"),
    "crisis:incident-add": acts("crisis", "W"),
    "crisis:incident-detail": reads("crisis", "W", row="incident"),
}

# Counseling: the desk of a counselor, the director's pages, a student's own. Nobody but the counselor opens a session.
DESK = reads("booking", "T")
CENTER = acts("counseling", "W")
RULES |= {
    "counseling:about": PUBLIC,
    "counseling:desk-week": DESK,
    "counseling:desk-today": DESK,
    "counseling:duty-desk": DESK,
    "counseling:desk-screen": DESK,
    "counseling:call-register": DESK,
    "counseling:walk-in-register": DESK,
    "counseling:urgent-called": replace(DESK, row="urgent entry of counseling"),
    "counseling:session-detail": replace(DESK, row="session of counseling"),
    "counseling:session-arrive": replace(DESK, row="session of counseling"),
    "counseling:session-record": replace(DESK, row="session of counseling"),
    "counseling:session-cancel": replace(DESK, row="session of counseling"),
    "counseling:session-link": replace(DESK, row="session of counseling"),
    "counseling:hours-list": DESK,
    "counseling:hours-add": DESK,
    "counseling:hours-end": replace(DESK, row="hours of a counselor"),
    "counseling:closure-plan": DESK,
    "counseling:closure-end": replace(DESK, row="day off of a counselor"),
    "counseling:profile-edit": DESK,
    "counseling:credential-list": DESK,
    "counseling:credential-add": DESK,
    "counseling:feed-page": DESK,
    "counseling:feed-make": DESK,
    "counseling:feed-revoke": DESK,
    "counseling:feed-read": Rule("public", nothing=True, row="key of a calendar"),
    "counseling:center-overview": CENTER,
    "counseling:center-figures": CENTER,
    "counseling:waiting-list": CENTER,
    "counseling:booking-list": CENTER,
    "counseling:limit-extend": CENTER,
    "counseling:rules-edit": CENTER,
    "counseling:counselor-list": CENTER,
    "counseling:counselor-detail": replace(CENTER, row="counselor"),
    "counseling:counselor-edit": replace(CENTER, row="counselor"),
    "counseling:credential-check": replace(CENTER, row="credential"),
    "counseling:room-list": CENTER,
    "counseling:room-edit": replace(CENTER, row="room of the center"),
    "counseling:closure-list": CENTER,
    "counseling:center-close": CENTER,
    "counseling:center-reopen": replace(CENTER, row="closure of the center"),
    "counseling:appointment-list": STUDENT,
    "counseling:appointment-new": STUDENT,
    "counseling:appointment-today": STUDENT,
    "counseling:appointment-consent": STUDENT,
    "counseling:appointment-times": STUDENT,
    "counseling:appointment-confirm": STUDENT,
    "counseling:appointment-book": STUDENT,
    "counseling:phone-set": STUDENT,
    "counseling:intake-save": STUDENT,
    "counseling:room-times": STUDENT,
    "counseling:room-book": STUDENT,
    "counseling:waiting-join": STUDENT,
    "counseling:waiting-leave": Rule("own", row="place on the waiting list"),
    "counseling:waiting-resume": Rule("own", row="place on the waiting list"),
    "counseling:offer-detail": Rule("own", row="offer of a time"),
    "counseling:offer-accept": Rule("own", row="offer of a time"),
    "counseling:offer-decline": Rule("own", row="offer of a time"),
    "counseling:appointment-detail": Rule("own", row="appointment"),
    "counseling:appointment-move": Rule("own", row="appointment"),
    "counseling:appointment-cancel": Rule("own", row="appointment"),
    "counseling:appointment-feedback": Rule("own", row="appointment"),
    "counseling:appointment-calendar": Rule("own", row="appointment"),
}

# Activities: whoever sees one, whoever works with its roster, whoever approves it.
RUNS = acts(("activities", "rosters"), "W", "T", row="activity", sees="R")
DOOR = acts(("activities", "rosters"), "W", "T", row="occasion", sees="R")
RULES |= {
    "activities:activity-list": OWN,
    "activities:activity-detail": Rule("own", row="activity for students"),
    "activities:activity-enroll": Rule("own", row="activity for students"),
    "activities:enrolment-cancel": Rule("own", row="enrolment"),
    "activities:enrolment-accept": Rule("own", row="enrolment"),
    "activities:own-activities": STUDENT,
    "activities:certificate-start": Rule("own", row="activity with hours"),
    "activities:certificate-download": Rule("own", row="certificate"),
    "activities:certificate-verify": Rule("public", row="certificate code"),
    "activities:feedback-give": Rule("own", row="activity for students"),
    "activities:checkin-scan": Rule("public", row="code at a door"),
    "activities:checkin-page": Rule("own", row="door"),
    "activities:activity-board": reads("activities", "R"),
    "activities:activity-plan": acts("planning", "W"),
    "activities:activity-run": reads("activities", "R", row="activity"),
    "activities:activity-edit": RUNS,
    "activities:activity-submit": RUNS,
    "activities:activity-cancel": RUNS,
    "activities:activity-draw": RUNS,
    "activities:activity-choose": RUNS,
    "activities:activity-credit": RUNS,
    "activities:activity-sum-up": RUNS,
    "activities:activity-approve": acts(("activities", "approving"), "D", row="activity", sees="R"),
    "activities:activity-send-back": acts(("activities", "approving"), "D", row="activity", sees="R"),
    "activities:occasion-screen": DOOR,
    "activities:occasion-code": DOOR,
    "activities:occasion-list": DOOR,
    "activities:occasion-hand": DOOR,
    "activities:occasion-walk-in": DOOR,
    "activities:occasion-batch": DOOR,
    "activities:credit-correct": acts(("participants", "rosters"), "W", "T", row="credit", sees="R"),
    "activities:picture-read": reads("activities", "R", row="picture"),
    "activities:picture-remove": replace(RUNS, row="picture"),
    "activities:festival-list": reads("activities", "R"),
    "activities:festival-plan": acts("festivals", "W"),
    "activities:brand-add": acts("festivals", "W"),
    "activities:festival-copy": acts("festivals", "W", row="festival"),
}

# Courses: the treating counselor; the director sees that there are some and passes them on. Notes by break-glass.
COURSE = acts("booking", "T", "R", row="course of a client")
RULES |= {
    "counseling:session-course": replace(DESK, row="session of counseling"),
    "counseling:course-open": acts("booking", "T", row="referral given", sees="R"),
    "counseling:course-list": acts("booking", "T", "R"),
    "counseling:course-detail": COURSE,
    "counseling:course-act": acts("booking", "T", row="course to act on", sees="R"),
    "counseling:transfer-detail": acts("booking", "T", "R", row="transfer given"),
    "counseling:transfer-take-on": acts("booking", "T", row="transfer offered", sees="R"),
    "counseling:transfer-withdraw": acts("booking", "T", "R", row="transfer given"),
    "counseling:student-notes": acts("counseling", "W", row="student with an opening"),
    "counseling:college-told": reads("crisis", "W", "W,T", row="message to a college"),
    "counseling:transfer-answer": Rule("own", row="transfer of a student"),
    "counseling:message-answer": Rule("own", row="message about a student"),
}
