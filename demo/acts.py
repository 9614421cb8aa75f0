"""What people do in a month of the story, each act through the service that a page would call."""

from datetime import datetime
from random import Random
from uuid import UUID

from crisis.models import Alarm
from crisis.services import acknowledge
from demo import words
from demo.settling import Cast
from demo.weather import Weather
from network.models import Student, Unit, User
from network.rules import Role
from reporting.models import Cycle, Report
from reporting.rules.dorm_lines import Status, Topic
from reporting.services import ClassEntry, accept, file_class_report, file_college_report, file_dorm_report, send_back
from reporting.services.filing import missing_below
from reporting.services.residents import residents_of


class Acts:
    """The acts of one month; keeps the reports as they were answered last."""

    def __init__(self, cast: Cast, cycle: Cycle, weather: Weather, draw: Random) -> None:
        self.cast, self.cycle, self.weather, self.draw = cast, cycle, weather, draw
        self.reports: dict[int, Report] = {report.unit_id: report for report in cycle.reports.current()}

    def file_dorm(self, unit: Unit, at: datetime) -> None:
        entries = [self.weather.of(student) for student in self.cast.residents(unit)]
        report = self.reports[unit.pk]
        self.reports[unit.pk] = file_dorm_report(
            report=report,
            entries=entries,
            all_well=all(entry.status == Status.CLEAR for entry in entries),
            revision=report.revision,
            client_id=self._client_id(),
            by=self._head(unit),
            at=at,
        )

    def send_dorm_back(self, unit: Unit, at: datetime) -> None:
        report, reason = self.reports[unit.pk], self.draw.choice(words.BACK_DORM)
        self.reports[unit.pk] = send_back(report=report, reason=reason, by=self._committee(unit.parent_id), at=at)

    def file_class(self, unit: Unit, at: datetime) -> None:
        report = self.reports[unit.pk]
        entry = ClassEntry(
            mood_index=self.draw.choices((2, 3, 4, 5), (1, 5, 10, 3))[0],
            topics=sum(self.draw.sample(list(Topic), self.draw.randint(1, 3))),
            activity=self.draw.choice(words.ACTIVITIES),
            requests=self.draw.choice(words.REQUESTS),
            missing_reason=self.draw.choice(words.MISSING_DORM) if missing_below(report) else "",
            lines=[self.weather.of(student) for student in residents_of(report)],
        )
        self.reports[unit.pk] = file_class_report(
            report=report,
            entry=entry,
            revision=report.revision,
            client_id=self._client_id(),
            by=self._committee(unit.pk),
            at=at,
        )

    def send_class_back(self, unit: Unit, at: datetime) -> None:
        report, reason = self.reports[unit.pk], self.draw.choice(words.BACK_CLASS)
        self.reports[unit.pk] = send_back(report=report, reason=reason, by=self._fudaoyuan(unit.pk), at=at)

    def accept_class(self, unit: Unit, at: datetime) -> None:
        self.reports[unit.pk] = accept(report=self.reports[unit.pk], by=self._fudaoyuan(unit.pk), at=at)

    def file_college(self, unit: Unit, at: datetime) -> None:
        report = self.reports[unit.pk]
        self.reports[unit.pk] = file_college_report(
            report=report,
            narrative=self.draw.choice(words.NARRATIVES),
            missing_reason=self.draw.choice(words.MISSING_CLASS) if missing_below(report) else "",
            revision=report.revision,
            client_id=self._client_id(),
            by=self._one(Role.COLLEGE_COORDINATOR, unit.pk),
            at=at,
        )

    def accept_college(self, unit: Unit, at: datetime) -> None:
        by = self._one(Role.CENTER_DIRECTOR, self.cast.school.pk)
        self.reports[unit.pk] = accept(report=self.reports[unit.pk], by=by, at=at)

    def take_on(self, student: Student, at: datetime) -> None:
        by = self._one(Role.FULL_TIME_COUNSELOR, self.cast.school.pk)
        for alarm in Alarm.objects.filter(student=student, acknowledged_at=None):
            acknowledge(alarm=alarm, action_taken=self.draw.choice(words.TAKEN_ON), by=by, at=at)

    def _head(self, unit: Unit) -> User:
        return self.cast.holder(Role.DORM_HEAD, unit.pk) or self._committee(unit.parent_id)

    def _committee(self, class_id: int | None) -> User:
        return self.cast.holder(Role.CLASS_COMMITTEE_MEMBER, class_id) or self._fudaoyuan(class_id)

    def _fudaoyuan(self, class_id: int | None) -> User:
        return self._one(Role.FUDAOYUAN, class_id)

    def _one(self, role: Role, unit_id: int | None) -> User:
        holder = self.cast.holder(role, unit_id)
        assert holder is not None
        return holder

    def _client_id(self) -> UUID:
        return UUID(int=self.draw.getrandbits(128), version=4)
