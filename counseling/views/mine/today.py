"""Somebody who would not like to wait: help lines, three questions, then a time or a call. Never "no time"."""

from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now

from counseling.forms.booking import TimeKey, TodayForm
from counseling.models import Counselor
from counseling.rules.free_times import FreeTime
from counseling.rules.kinds import Channel, SessionKind
from counseling.services.intakes import submit_intake
from counseling.services.prepared import own_answers
from counseling.services.urgent import ask_for_today
from counseling.views.mine.shared import myself
from counseling.views.mine.times import TimeChip
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_http_methods
from network.access import own
from network.models import Student


@own
@require_http_methods(["GET", "POST"])
def appointment_today(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    form = TodayForm(request.POST or None, phone=student.phone)
    if not form.is_valid():
        status = UNPROCESSABLE if request.method == "POST" else 200
        return render(request, "counseling/mine/today.html", {"form": form}, status=status)
    try:
        if form.is_at_risk:
            answers = own_answers(student) | {"safe_today": "no"}
            submit_intake(student=student, answers=answers, by=request.user, at=at)
        answer = ask_for_today(student=student, client_id=uuid4(), by=request.user, at=at)
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return render(request, "counseling/mine/today.html", {"form": form}, status=UNPROCESSABLE)
    chips = [_chip(student, row) for row in answer.times]
    context = {"times": chips, "call_until": answer.call_until, "phone": student.phone}
    return render(request, "counseling/mine/today_next.html", context)


def _chip(student: Student, row: FreeTime) -> TimeChip:
    name = Counselor.objects.filter(school=student.school_id, pk=str(row.counselor)).values_list(
        "user__name", flat=True
    )
    channel = Channel.IN_PERSON if row.rooms else Channel.PHONE
    key = str(TimeKey(row.counselor, row.starts_at))  # type: ignore[arg-type]
    query = {"kind": SessionKind.FIRST_TALK.value, "channel": channel.value, "time": key}
    url = f"{reverse('counseling:appointment-confirm')}?{urlencode(query)}"
    return TimeChip(row.starts_at, name.first() or "", url, key)
