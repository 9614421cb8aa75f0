from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.societies import LinkForm, MemberForm, SocietyForm
from activities.models import Activity, Membership, Society
from activities.services.societies import add_member, end_membership, link_activity, save_society
from activities.views.program_pages import MANAGE, allow, form_page
from kernel import audit
from kernel.web import Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level

LEAD, RUN = Ability.LEAD_SOCIETY, Ability.RUN_STATION
SEEING, FOUNDING = (MANAGE, RUN, LEAD), (MANAGE, RUN)
FIELDS = ("unit", "kind", "name", "purpose", "adviser", "founded_on", "is_active")


@requires(*SEEING)
@require_GET
def society_list(request: Request) -> HttpResponse:
    today = localdate()
    members = Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=today)
    rows = Society.objects.visible_to(request.user, *SEEING).select_related("unit", "adviser")
    page = page_of(request, rows.annotate(members=Count("memberships", filter=members)).order_by("-is_active", "name"))
    may_found = Unit.objects.visible_to(request.user, *FOUNDING).exists()
    return render(request, "activities/society_list.html", {"page": page, "may_found": may_found})


@requires(*FOUNDING)
@require_http_methods(["GET", "POST"])
def society_new(request: Request) -> HttpResponse:
    form = _form(request, {"founded_on": localdate()})
    return form_page(
        request,
        form,
        lambda: save_society(by=request.user, at=now(), **form.values),
        title=_("Found a society"),
        done=_("The society is founded. Now take its members in."),
        back=reverse("activities:society-list"),
        back_label=_("Societies"),
        to=lambda row: row.get_absolute_url(),
    )


@requires(*SEEING)
@require_GET
def society_detail(request: Request, pk: int) -> HttpResponse:
    """A society with its members and events."""
    society = _society(request, pk)
    today = localdate()
    rows = Membership.objects.filter(society=society).select_related("student", "school_class")
    page = page_of(request, rows.current_first())
    audit.record(action="membership.list", by=request.user, at=now(), obj=society, unit=society.unit.code)
    linked = Activity.objects.visible_to(request.user, Ability.ORGANIZE_ACTIVITIES, Ability.FOLLOW_ACTIVITIES)
    context = {
        "society": society,
        "page": page,
        "activities": linked.filter(society_link__society=society).order_by("-starts_at")[:20],
        "may_lead": policies.may_lead_society(request.user, society),
        "may_found": policies.may_found_society(request.user, society.unit),
        "today": today,
    }
    return render(request, "activities/society_detail.html", context)


@requires(*FOUNDING, seen_by=[LEAD])
@require_http_methods(["GET", "POST"])
def society_edit(request: Request, pk: int) -> HttpResponse:
    society = _society(request, pk)
    allow(policies.may_found_society(request.user, society.unit))
    form = _form(request, {name: getattr(society, name) for name in FIELDS})
    return form_page(
        request,
        form,
        lambda: save_society(society=society, by=request.user, at=now(), **form.values),
        title=_("Change the society"),
        done=_("Saved."),
        back=society.get_absolute_url(),
        back_label=society.name,
    )


@requires(*SEEING)
@require_http_methods(["GET", "POST"])
def member_add(request: Request, pk: int) -> HttpResponse:
    society = _society(request, pk)
    form = MemberForm(request.POST or None, initial={"starts_on": localdate(), "office": "member"})
    return form_page(
        request,
        form,
        lambda: add_member(society=society, by=request.user, at=now(), **form.values),
        title=_("Take a member in"),
        done=_("Taken in."),
        back=society.get_absolute_url(),
        back_label=society.name,
    )


@requires(*SEEING)
@require_POST
def member_end(request: Request, pk: UUID) -> HttpResponse:
    societies = Society.objects.visible_to(request.user, *SEEING)
    rows = Membership.objects.of_societies(societies).select_related("society__unit")
    membership: Membership = get_object_or_404(rows, pk=pk)
    done = _("The membership ends today.")
    to = membership.society
    return act(request, end_membership, done=done, to=to, membership=membership, by=request.user, at=now())


@requires(*SEEING)
@require_http_methods(["GET", "POST"])
def society_link(request: Request, pk: int) -> HttpResponse:
    society = _society(request, pk)
    activities = Activity.objects.run_by(request.user).filter(society_link=None, school=society.unit.root_id)
    form = LinkForm(request.POST or None, activities=activities.order_by("-starts_at"))
    return form_page(
        request,
        form,
        lambda: link_activity(society=society, by=request.user, at=now(), **form.values),
        title=_("Add an activity of the society"),
        done=_("Noted."),
        back=society.get_absolute_url(),
        back_label=society.name,
    )


def _society(request: Request, pk: int) -> Society:
    rows = Society.objects.visible_to(request.user, *SEEING).select_related("unit__school", "adviser")
    row: Society = get_object_or_404(rows, pk=pk)
    return row


def _form(request: Request, initial: dict[str, Any]) -> SocietyForm:
    levels = [Level.SCHOOL.value, Level.COLLEGE.value]
    units = Unit.objects.visible_to(request.user, *FOUNDING).active().filter(level__in=levels)
    return SocietyForm(
        request.POST or None,
        initial=initial,
        units=units.order_by("-level", "code"),
        school_id=request.user.school_id,
        on=localdate(),
    )
