"""Numbers of the staff: from the roster or from their own page. Who reads them for an alarm records that."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import StaffPhone, Student, User


@transaction.atomic
def set_own_phone(*, phone: str, by: User, at: datetime) -> None:
    """The number under which the person wants to be called; an empty one takes it away. Refused to students, whose
    number is on the roster."""
    if Student.objects.filter(user=by).exists():
        raise Refused(_("Your number is on the roster. Ask your fudaoyuan to have it changed there."), code="student")
    keep_phones({by.pk: phone})
    audit.record(action="user.set_phone", by=by, at=at, obj=by)


def keep_phones(phones: Mapping[int, str]) -> None:
    """Write numbers by the key of the user, within the caller's transaction; an empty one takes the row away."""
    StaffPhone.objects.filter(user__in=phones).delete()
    StaffPhone.objects.bulk_create(
        (StaffPhone(user_id=user_id, phone=phone) for user_id, phone in phones.items() if phone), batch_size=500
    )


def staff_phones(user_ids: Iterable[int]) -> dict[int, str]:
    """The known numbers, by the key of the user."""
    return {row.user_id: row.phone for row in StaffPhone.objects.filter(user__in=list(user_ids))}
