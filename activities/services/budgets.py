"""The money of a year: set aside, spent, refunded. Entries are never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import BudgetEntry, BudgetYear
from activities.models.program_labels import SPENDING_LABELS
from activities.rules import indicators
from activities.rules.indicators import Indicator
from activities.rules.money import to_fen, to_yuan
from activities.rules.program import FIRST_YEAR, LAST_YEAR, SpendingKind
from activities.services.courses import check_happened
from activities.services.evidence import keep_evidence
from kernel import audit
from kernel.charts import Chart, Kind, Series
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import Unit, User


@dataclass(frozen=True)
class Spending:
    """What was spent of a budget, in fen, refunds taken off."""

    budget: BudgetYear
    by_kind: dict[SpendingKind, int]

    @property
    def spent(self) -> int:
        return sum(self.by_kind.values())

    @property
    def left(self) -> int:
        return self.budget.earmarked - self.spent

    @property
    def execution(self) -> Indicator:
        return indicators.execution(self.spent, self.budget.earmarked)

    @property
    def chart(self) -> Chart:
        """Yuan by kind, those without an entry left out."""
        rows = [(kind, fen) for kind, fen in self.by_kind.items() if fen]
        yuan = [float(to_yuan(fen)) for _kind, fen in rows]
        labels = [str(SPENDING_LABELS[kind]) for kind, _fen in rows]
        return Chart(Kind.BARS, labels, [Series(str(_("spent, in yuan")), yuan)] if rows else [])


@transaction.atomic
def set_earmark(*, school: Unit, year: int, yuan: Decimal, by: User, at: datetime) -> BudgetYear:
    """Set what the school sets aside for a year."""
    _check(by, school)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(_("Choose a year between 2000 and 2099."), code="out-of-reach")
    fen = _fen(yuan)
    if fen < 0:
        raise Refused(_("Give an amount of 0 yuan or more."), code="amount")
    values = {"earmarked": fen, "set_by": by, "set_at": at}
    row, _is_new = BudgetYear.objects.update_or_create(school=school, year=year, defaults=values)
    detail = {"year": year, "fen": fen}
    audit.record(action="budget.earmark", by=by, at=at, obj=row, unit=school.code, detail=detail)
    return row


@transaction.atomic
def spend(
    *,
    budget: BudgetYear,
    yuan: Decimal,
    kind: str,
    day: date,
    voucher: str,
    words: str,
    upload: Upload | None,
    by: User,
    at: datetime,
) -> BudgetEntry:
    """Enter money spent. Refused for a voucher that was entered before, another year's day, or no amount."""
    fen = _fen(yuan)
    if fen <= 0:
        raise Refused(_("Give an amount of more than 0 yuan. A refund is entered at its entry."), code="amount")
    entry = BudgetEntry(budget=budget, school=budget.school, amount=fen, kind=kind, day=day, words=words)
    return _enter(entry, voucher=voucher, upload=upload, by=by, at=at)


@transaction.atomic
def refund(*, entry: BudgetEntry, yuan: Decimal, day: date, voucher: str, by: User, at: datetime) -> BudgetEntry:
    """Enter money that came back of an entry, as a negative one. Refused for more than is left of it."""
    BudgetYear.objects.select_for_update().get(pk=entry.budget_id)
    if entry.refunds_id is not None:
        raise Refused(_("A refund itself is not refunded."), code="refund")
    fen = _fen(yuan)
    left = entry.amount + (entry.refunded_by.aggregate(sum=Sum("amount"))["sum"] or 0)
    if not 0 < fen <= left:
        raise Refused(_("At most %(yuan)s yuan of this entry can come back.") % {"yuan": to_yuan(left)}, code="amount")
    row = BudgetEntry(
        budget=entry.budget,
        school=entry.school,
        amount=-fen,
        kind=entry.kind,
        day=day,
        words=entry.words,
        refunds=entry,
    )
    return _enter(row, voucher=voucher, upload=None, by=by, at=at)


def spending_of(budget: BudgetYear) -> Spending:
    """The sums of a budget, by what the money was spent on."""
    rows = BudgetEntry.objects.filter(budget=budget).order_by().values_list("kind").annotate(sum=Sum("amount"))
    sums = dict(rows)
    return Spending(budget, {kind: sums.get(kind.value, 0) for kind in SpendingKind})


def _enter(entry: BudgetEntry, *, voucher: str, upload: Upload | None, by: User, at: datetime) -> BudgetEntry:
    _check(by, entry.school)
    check_happened(entry.day, at=at)
    if entry.day.year != entry.budget.year:
        raise Refused(_("This day is not in the year of the budget."), code="other-year")
    entry.evidence = keep_evidence(upload=upload, school=entry.school, by=by, at=at)
    entry.voucher, entry.recorded_by, entry.recorded_at = voucher, by, at
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("The voucher %(voucher)s has been entered before. Each voucher counts once.") % {"voucher": voucher},
            code="voucher-taken",
        ) from None
    action = "budget.spend" if entry.refunds_id is None else "budget.refund"
    detail = {"fen": entry.amount}
    audit.record(action=action, by=by, at=at, obj=entry, unit=entry.school.code, detail=detail)
    return entry


def _fen(yuan: Decimal) -> int:
    try:
        return to_fen(yuan)
    except ValueError:
        raise Refused(
            _("Give an amount in yuan with at most two decimals, up to 100 million."), code="amount"
        ) from None


def _check(by: User, school: Unit) -> None:
    if not policies.may_manage_program(by, school):
        raise Refused(_("The budget is kept by the center."), code="may-not-manage")
