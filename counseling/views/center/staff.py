"""The director's pages on counselors, rooms and closures."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counseling.forms.center import RegisterForm, RoomForm
from counseling.models import Closure, Counselor, Credential, Hours, Room
from counseling.services.closures import reopen_days
from counseling.services.staff import check_credential, register_counselor, save_room
from counseling.views.center.shared import directed_school
from counseling.views.desk.hours import hours_row, plan_closure
from counseling.views.desk.profile import credential_rows, edit_profile
from kernel.web import Request, act, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability

COUNSELORS, ROOMS, CLOSURES = "counseling:counselor-list", "counseling:room-list", "counseling:closure-list"


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def counselor_list(request: Request) -> HttpResponse:
    school, at = directed_school(request), now()
    form = RegisterForm(request.POST or None, school_id=school.pk, at=at)

    def register() -> None:
        register_counselor(user=form.cleaned_data["user"], school=school, by=request.user, at=at)

    def page(status: int) -> HttpResponse:
        rows = Counselor.objects.filter(school=school).select_related("user")
        bookable = set(rows.bookable(localdate(at)).values_list("pk", flat=True))
        counselors = [{"counselor": row, "is_bookable": row.pk in bookable} for row in rows]
        context = {"counselors": counselors, "form": form}
        return render(request, "counseling/center/counselors.html", context, status=status)

    if request.method == "GET":
        return page(200)
    done = gettext_lazy("On the list. Students can book once a credential is checked and hours are entered.")
    return perform(request, form, register, done=done, to=reverse(COUNSELORS), page=page)


@requires(Ability.ARRANGE_COUNSELING)
@require_GET
def counselor_detail(request: Request, pk: UUID) -> HttpResponse:
    counselor, today = _counselor(request, pk), localdate(now())
    hours = Hours.objects.filter(counselor=counselor).in_force(today, today.replace(year=today.year + 1))
    context = {
        "counselor": counselor,
        "credentials": credential_rows(counselor, can_check=counselor.user_id != request.user.pk),
        "hours": [hours_row(row) for row in hours],
    }
    return render(request, "counseling/center/counselor.html", context)


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def counselor_edit(request: Request, pk: UUID) -> HttpResponse:
    counselor = _counselor(request, pk)
    home = reverse("counseling:counselor-detail", args=[pk])
    words = {"heading": counselor.user.name, "back_url": home, "back_label": counselor.user.name}
    return edit_profile(request, counselor, words, to=home)


@requires(Ability.ARRANGE_COUNSELING)
@require_POST
def credential_check(request: Request, pk: UUID) -> HttpResponse:
    rows = Credential.objects.visible_to(request.user).select_related("counselor")
    credential: Credential = get_object_or_404(rows, pk=pk)
    to = reverse("counseling:counselor-detail", args=[credential.counselor_id])
    done = gettext_lazy("Checked. It counts from now on.")
    return act(request, check_credential, done=done, to=to, credential=credential, by=request.user, at=now())


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def room_list(request: Request) -> HttpResponse:
    school = directed_school(request)
    form = RoomForm(request.POST or None)

    def page(status: int) -> HttpResponse:
        context = {"rooms": Room.objects.filter(school=school), "form": form}
        return render(request, "counseling/center/rooms.html", context, status=status)

    return page(200) if request.method == "GET" else _save_room(request, form, None, page)


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def room_edit(request: Request, pk: UUID) -> HttpResponse:
    rooms = Room.objects.visible_to(request.user, Ability.ARRANGE_COUNSELING)
    room: Room = get_object_or_404(rooms, pk=pk)
    form = RoomForm(request.POST) if request.method == "POST" else RoomForm.of(room)
    words = {"heading": room.name, "back_url": reverse(ROOMS), "back_label": _("Rooms")}

    def page(status: int) -> HttpResponse:
        return render(request, "counseling/desk/form_page.html", {"form": form, **words}, status=status)

    return page(200) if request.method == "GET" else _save_room(request, form, room, page)


def _save_room(request: Request, form: RoomForm, room: Room | None, page: Any) -> HttpResponse:
    school = directed_school(request)

    def save() -> None:
        save_room(school=school, room=room, by=request.user, at=now(), **form.cleaned_data)

    return perform(request, form, save, done=gettext_lazy("Saved."), to=reverse(ROOMS), page=page)


@requires(Ability.ARRANGE_COUNSELING)
@require_GET
def closure_list(request: Request) -> HttpResponse:
    school = directed_school(request)
    closures = Closure.objects.filter(school=school, ends_at__gt=now()).select_related("counselor__user", "room")
    return render(request, "counseling/center/closures.html", {"closures": closures})


@requires(Ability.ARRANGE_COUNSELING)
@require_http_methods(["GET", "POST"])
def center_close(request: Request) -> HttpResponse:
    target = {"school": directed_school(request), "counselor": None, "room": None}
    words = {"heading": _("Close the whole center"), "back_url": reverse(CLOSURES), "back_label": _("Closures")}
    return plan_closure(request, target, words, to=reverse(CLOSURES))


@requires(Ability.ARRANGE_COUNSELING)
@require_POST
def center_reopen(request: Request, pk: UUID) -> HttpResponse:
    rows = Closure.objects.visible_to(request.user).select_related("school", "counselor__school")
    closure: Closure = get_object_or_404(rows, pk=pk)
    done = gettext_lazy("Taken back. These times can be booked again.")
    return act(request, reopen_days, done=done, to=CLOSURES, closure=closure, by=request.user, at=now())


def _counselor(request: Request, pk: UUID) -> Counselor:
    rows = Counselor.objects.visible_to(request.user, Ability.ARRANGE_COUNSELING).select_related("user", "school")
    counselor: Counselor = get_object_or_404(rows, pk=pk)
    return counselor
