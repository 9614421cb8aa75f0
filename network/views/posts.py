from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from kernel import audit
from kernel.errors import Refused
from kernel.web import Request, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.forms.posts import AdmitForm, AppointForm, PersonSearch, PostFilter
from network.models import AccessRequest, Post, Unit, User
from network.models.labels import ROLE_LABELS
from network.policies import may_appoint
from network.rules import APPOINTING, ROLE_LEVEL, Ability, Role
from network.services import FirstPassword, appoint, ask_post, relieve
from network.services.access_requests import takes_two
from network.services.signin.administrators import admit_colleague
from network.views.requests import safe_next

APPOINTED = gettext_lazy("%(name)s is now: %(role)s, %(unit)s.")
ASKED = gettext_lazy("%(name)s becomes %(role)s, %(unit)s, as soon as a second person has confirmed it.")


@requires(Ability.VIEW_ROSTER, *APPOINTING)
@require_GET
def post_list(request: Request) -> HttpResponse:
    form = PostFilter(request.GET)
    visible = Post.objects.visible_to(request.user, Ability.VIEW_ROSTER, *APPOINTING)
    posts = form.apply(visible, on=localdate()).select_related("holder", "unit")
    page = page_of(request, posts)
    rows = [(post, may_appoint(request.user, post.unit, Role(post.role))) for post in page]
    detail = {"filters": form.asked, "page": page.number, "rows": len(rows)}
    audit.record(action="post.list", by=request.user, at=now(), detail=detail)
    context = {"form": form, "page": page, "rows": rows, "chips": form.chips(request), "today": localdate()}
    return render(request, "network/post_list.html", context)


@requires(*APPOINTING)
@require_http_methods(["GET", "POST"])
def post_appoint(request: Request, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user, *APPOINTING).select_related("parent"), pk=pk)
    roles = [role for role in Role if ROLE_LEVEL[role] == unit.level and may_appoint(request.user, unit, role)]
    if not roles:
        raise PermissionDenied
    search = PersonSearch(request.POST or request.GET, roles=roles)
    form = AppointForm(request.POST or None, unit=unit, by=request.user, search=search, today=localdate())
    if form.is_valid() and (done := _appointed(request.user, unit, form)):
        words = {"name": done.holder.name, "role": done.label(), "unit": unit.name}
        messages.success(request, (ASKED if isinstance(done, AccessRequest) else APPOINTED) % words)
        return redirect(safe_next(request, reverse("network:unit-detail", args=[unit.pk])))
    audit.record(action="post.choose", by=request.user, at=now(), obj=unit, unit=unit.code)
    context = {"unit": unit, "form": form, "search": search, "role": ROLE_LABELS[search.chosen]}
    return render(request, "network/post_appoint.html", context, status=422 if form.is_bound else 200)


@requires(Ability.MANAGE_ACCESS)
@require_http_methods(["GET", "POST"])
@never_cache
def colleague_admit(request: Request, pk: int) -> HttpResponse:
    schools = Unit.objects.schools().visible_to(request.user, Ability.MANAGE_ACCESS)
    school = get_object_or_404(schools, pk=pk)
    form = AdmitForm(request.POST or None)
    if form.is_valid() and (slip := _admitted(request.user, school, form)):
        role = Role(form.cleaned_data["role"])
        context = {"slip": slip, "label": ROLE_LABELS[role], "unit": school, "waits": takes_two(role)}
        return render(request, "network/signin/first_password.html", context)
    context = {"school": school, "form": form}
    return render(request, "network/signin/colleague_admit.html", context, status=422 if form.is_bound else 200)


@requires(*APPOINTING, seen_by=[Ability.VIEW_ROSTER])
@require_POST
def post_relieve(request: Request, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user, Ability.VIEW_ROSTER, *APPOINTING)
    post = get_object_or_404(posts.select_related("unit", "holder"), pk=pk)
    if not may_appoint(request.user, post.unit, Role(post.role)):
        raise PermissionDenied
    try:
        relieve(post=post, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("network:unit-detail", pk=post.unit_id)
    return redirect(f"{reverse('network:unit-detail', args=[post.unit_id])}?relieved={post.pk}")


def _appointed(by: User, unit: Unit, form: AppointForm) -> Post | AccessRequest | None:
    chosen = form.cleaned_data
    role = Role(chosen["role"])
    give = ask_post if takes_two(role) else appoint
    try:
        return give(holder=chosen["holder"], unit=unit, role=role, by=by, at=now(), ends_on=chosen["ends_on"])
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return None


def _admitted(by: User, school: Unit, form: AdmitForm) -> FirstPassword | None:
    chosen = form.cleaned_data
    try:
        return admit_colleague(
            school=school, number=chosen["number"], name=chosen["name"], role=Role(chosen["role"]), by=by, at=now()
        )
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return None
