from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities.forms.budgets import EarmarkForm, RefundForm, SpendForm
from activities.models import BudgetEntry, BudgetYear
from activities.rules.money import to_yuan
from activities.services import indicators
from activities.services.budgets import refund, set_earmark, spend, spending_of
from activities.views.program_pages import MANAGE, form_page, proof, school_of
from kernel import audit
from kernel.web import Request, page_of, require_GET, require_http_methods
from network.access import requires


@requires(MANAGE)
@require_GET
def budget_list(request: Request) -> HttpResponse:
    budgets = BudgetYear.objects.visible_to(request.user, MANAGE)
    return render(request, "activities/budget_list.html", {"rows": [spending_of(row) for row in budgets]})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def budget_set(request: Request) -> HttpResponse:
    school = school_of(request, MANAGE)
    form = EarmarkForm(request.POST or None, initial={"year": localdate().year})
    return form_page(
        request,
        form,
        lambda: set_earmark(school=school, by=request.user, at=now(), **form.values),
        title=_("Set the earmarked money of a year"),
        done=_("Saved."),
        back=reverse("activities:budget-list"),
        back_label=_("Budget"),
        to=lambda row: row.get_absolute_url(),
        intro=_("At least 15 yuan for each student and year."),
    )


@requires(MANAGE)
@require_GET
def budget_year(request: Request, pk: int) -> HttpResponse:
    budget = _budget(request, pk)
    reference = indicators.Reference(budget.school, None, budget.year, localdate())
    rows = BudgetEntry.objects.filter(budget=budget).select_related("recorded_by", "refunds")
    context = {
        "budget": budget,
        "spending": spending_of(budget),
        "per_student": indicators.budget(reference),
        "students": reference.students(),
        "students_on": reference.students_on,
        "page": page_of(request, rows),
    }
    return render(request, "activities/budget_year.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def entry_new(request: Request, pk: int) -> HttpResponse:
    budget = _budget(request, pk)
    form = SpendForm(request.POST or None, request.FILES or None)
    return form_page(
        request,
        form,
        lambda: spend(budget=budget, by=request.user, at=now(), **form.values),
        title=_("Enter money spent"),
        done=_("Entered. An entry is never changed; what comes back is entered as a refund."),
        back=budget.get_absolute_url(),
        back_label=str(budget.year),
    )


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def entry_refund(request: Request, pk: UUID) -> HttpResponse:
    entry = _entry(request, pk)
    form = RefundForm(request.POST or None, initial={"yuan": to_yuan(entry.amount)})
    return form_page(
        request,
        form,
        lambda: refund(entry=entry, by=request.user, at=now(), **form.values),
        title=_("Enter a refund"),
        done=_("The refund is entered."),
        back=entry.budget.get_absolute_url(),
        back_label=str(entry.budget.year),
        intro=f"{entry.voucher} · {entry.words} · ¥{to_yuan(entry.amount)}",
    )


@requires(MANAGE)
@require_GET
def entry_evidence(request: Request, pk: UUID) -> HttpResponse:
    entry = _entry(request, pk)
    audit.record(action="budget.evidence", by=request.user, at=now(), obj=entry)
    return proof(entry.evidence)


def _budget(request: Request, pk: int) -> BudgetYear:
    row: BudgetYear = get_object_or_404(
        BudgetYear.objects.visible_to(request.user, MANAGE).select_related("school"), pk=pk
    )
    return row


def _entry(request: Request, pk: UUID) -> BudgetEntry:
    budgets = BudgetYear.objects.visible_to(request.user, MANAGE)
    rows = BudgetEntry.objects.filter(budget__in=budgets).select_related("budget__school", "school", "evidence")
    row: BudgetEntry = get_object_or_404(rows, pk=pk)
    return row
