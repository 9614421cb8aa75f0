from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from activities.models import BudgetEntry, BudgetYear
from activities.services.budgets import refund, set_earmark, spend, spending_of
from activities.templatetags.program import as_share
from kernel.errors import Refused
from network.models import User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]
DAY = date(2026, 10, 8)


@pytest.fixture
def budget(world: World, at: datetime) -> BudgetYear:
    by = world.holder(Role.CENTER_DIRECTOR)
    return set_earmark(school=world.school, year=2026, yuan=Decimal(150_000), by=by, at=at)


def pay(budget: BudgetYear, world: World, at: datetime, **values: Any) -> BudgetEntry:
    given: dict[str, Any] = {
        "yuan": Decimal(100_000),
        "kind": "materials",
        "day": DAY,
        "voucher": "P-001",
        "words": "宣传手册",
        "upload": None,
        "by": world.holder(Role.FULL_TIME_COUNSELOR),
        "at": at,
    }
    return spend(budget=budget, **given | values)


def give_back(entry: BudgetEntry, world: World, at: datetime, yuan: str, voucher: str = "R-001") -> BudgetEntry:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    return refund(entry=entry, yuan=Decimal(yuan), day=DAY, voucher=voucher, by=by, at=at)


def test_a_refund_is_a_negative_entry_and_lowers_the_execution(budget: BudgetYear, world: World, at: datetime) -> None:
    entry = pay(budget, world, at)
    assert give_back(entry, world, at, "2000").amount == -200_000
    spending = spending_of(budget)
    assert spending.spent == 9_800_000
    assert as_share(spending.execution) == "65.3%"
    with pytest.raises(Refused, match=r"98000\.00"):
        give_back(entry, world, at, "98000.01", "R-002")


def test_a_voucher_counts_once(budget: BudgetYear, world: World, at: datetime) -> None:
    pay(budget, world, at)
    with pytest.raises(Refused, match="P-001 has been entered before"):
        pay(budget, world, at, yuan=Decimal(3))
    assert BudgetEntry.objects.count() == 1


@pytest.mark.parametrize("yuan", ["NaN", "Infinity", "0", "-5", "0.001", "99999999999"])
def test_no_amount_is_refused(budget: BudgetYear, world: World, at: datetime, yuan: str) -> None:
    with pytest.raises(Refused, match="amount"):
        pay(budget, world, at, yuan=Decimal(yuan))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 11, 11)])
def test_a_day_outside_of_the_year_or_ahead_is_refused(
    budget: BudgetYear, world: World, at: datetime, day: date
) -> None:
    with pytest.raises(Refused):
        pay(budget, world, at, day=day)


def test_the_database_keeps_entries_as_they_are(budget: BudgetYear, world: World, at: datetime) -> None:
    pay(budget, world, at)
    for statement in ("UPDATE activities_budgetentry SET amount = 1", "DELETE FROM activities_budgetentry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(TypeError):
        BudgetEntry.objects.update(amount=1)
    with pytest.raises(TypeError):
        BudgetEntry.objects.all().delete()


def test_nan_in_the_form_is_told_and_what_was_typed_stays(
    budget: BudgetYear, world: World, november: datetime, login: Login
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    form = {"yuan": "NaN", "kind": "materials", "words": "手册", "day": "2026-10-08", "voucher": "P-9"}
    page = browser.post(reverse("activities:entry-new", args=[budget.pk]), form)
    assert page.status_code == 422
    assert 'value="P-9"' in page.content.decode()
    assert not BudgetEntry.objects.exists()


def test_a_year_of_money_on_its_page(budget: BudgetYear, world: World, november: datetime, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    form = {"yuan": "1200.50", "kind": "training", "words": "督导费", "day": "2026-10-08", "voucher": "P-9"}
    browser.post(reverse("activities:entry-new", args=[budget.pk]), form)
    entry = BudgetEntry.objects.get()
    back = {"yuan": "200.50", "day": "2026-10-09", "voucher": "R-9"}
    browser.post(reverse("activities:entry-refund", args=[entry.pk]), back)
    page = browser.get(reverse("activities:budget-year", args=[budget.pk])).content.decode()
    assert "¥1,000.00" in page
    assert "-¥200.50" in page
    assert "What the money was spent on" in page
    assert browser.get(reverse("activities:entry-evidence", args=[entry.pk])).status_code == 404
