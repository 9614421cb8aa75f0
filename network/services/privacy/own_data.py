"""What the portal hands a student of their own data: a page and a file of the same facts, both on record."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise
from django.utils.timezone import localtime

from kernel import personal_data
from kernel.personal_data import DataCategory, Record
from network.models import Student, User
from network.services.privacy.access_log import record_look
from network.services.privacy.retention import kind_states

FORMAT = "shouwang.own-data/1"


@dataclass(frozen=True)
class OwnSection:
    """One kind of data with the student's rows; `months` for which it is kept, None where no period runs."""

    category: DataCategory
    months: int | None
    records: list[Record]

    @property
    def answers(self) -> bool:
        """Whether rows of this kind are handed out at all; otherwise the note says how to ask."""
        return self.category.own is not None


def read_own_data(*, student: Student, by: User, at: datetime) -> list[OwnSection]:
    """All sections for the page, with the look on record."""
    record_look(action="own_data.read", student=student, by=by, at=at, purpose="own")
    return _sections(student)


def download_own_data(*, student: Student, by: User, at: datetime) -> str:
    """The same as JSON, with the download on record. Keys stay the same in every language."""
    sections = _sections(student)
    rows = sum(len(section.records) for section in sections)
    record_look(action="own_data.download", student=student, by=by, at=at, purpose="own", detail={"rows": rows})
    document = {
        "format": FORMAT,
        "made_at": localtime(at),
        "sections": [_plain_section(section) for section in sections],
    }
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n"


def _sections(student: Student) -> list[OwnSection]:
    months = {state.category.name: state.months for state in kind_states(student.school)}
    sections = [
        OwnSection(category, months.get(category.name), category.own(student) if category.own else [])
        for category in personal_data.declared()
    ]
    return sorted(sections, key=lambda section: not section.answers)


def _plain_section(section: OwnSection) -> dict[str, Any]:
    category = section.category
    plain: dict[str, Any] = {
        "name": category.name,
        "label": str(category.label),
        "ground": str(category.ground),
        "kept_months": section.months,
        "rows": [{key: _plain(value) for key, _label, value in record} for record in section.records],
    }
    return plain | ({"note": str(category.own_note)} if category.own_note else {})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Promise) else value
