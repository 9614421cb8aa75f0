"""Rooms that a student takes for themselves: which there are, when they are free, and taking one."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from counseling.forms.booking import RoomForm, TimeKey
from counseling.models import Room
from counseling.services.rooms import book_room, free_room_times
from counseling.services.shared import NotBooked, settings_of
from counseling.views.mine.shared import myself
from counseling.views.mine.times import DayChip, chosen_day
from kernel.web import UNPROCESSABLE, Request, require_GET, require_POST
from network.access import own
from network.models import Student


@own
@require_GET
def room_times(request: Request) -> HttpResponse:
    student = myself(request)
    rooms = Room.objects.for_user(request.user).usable().filter(self_service=True)
    room = next((row for row in rooms if str(row.pk) == request.GET.get("room", "")), rooms.first())
    return _page(request, student, rooms, room, now())


@own
@require_POST
def room_book(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    form = RoomForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(_("Choose one of the times shown.")))
        return redirect("counseling:room-times")
    key: TimeKey = form.cleaned_data["time"]
    rooms = Room.objects.for_user(request.user).usable().filter(self_service=True)
    room = get_object_or_404(rooms, pk=key.counselor)
    client_id = form.cleaned_data["client_id"]
    try:
        booking = book_room(
            student=student, room=room, starts_at=key.starts_at, client_id=client_id, by=request.user, at=at
        )
    except NotBooked as refusal:
        return _page(request, student, rooms, room, at, refusal=str(refusal.message))
    messages.success(request, str(_("The room is yours for 50 minutes.")))
    return redirect("counseling:appointment-detail", booking.pk)


def _page(
    request: Request, student: Student, rooms: Any, room: Room | None, at: datetime, *, refusal: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {"rooms": rooms, "room": room, "refusal": refusal}
    if room is not None:
        today = localdate(at)
        last = today + timedelta(days=settings_of(student.school_id).days_ahead)
        free = free_room_times(room=room, first=today, last=last, at=at)
        days = sorted({localdate(row.starts_at) for row in free})
        day = chosen_day(request.GET.get("day", ""), days)
        here = reverse("counseling:room-times")
        context |= {
            "day": day,
            "days": [DayChip(one, f"{here}?{urlencode({'room': room.pk, 'day': one})}", one == day) for one in days],
            "times": [_taking(room, row.starts_at) for row in free if localdate(row.starts_at) == day],
        }
    return render(request, "counseling/mine/rooms.html", context, status=UNPROCESSABLE if refusal else 200)


def _taking(room: Room, starts_at: datetime) -> dict[str, Any]:
    form: forms.Form = RoomForm.of(TimeKey(room.pk, starts_at))
    return {"starts_at": starts_at, "form": form}
