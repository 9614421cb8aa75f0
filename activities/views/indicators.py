from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from activities.models.indicator_labels import INDICATOR_LABELS
from activities.services.indicators import Reference, indicators_of, is_countable
from activities.views.program_pages import year_of, years_around
from kernel.web import Request, require_GET
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level

STATS = Ability.VIEW_STATS
TITLE = _("Indicators of the year")


@requires(STATS)
@require_GET
def indicator_list(request: Request) -> HttpResponse:
    """The figures of the school, or of a college in sight. There is no person in them."""
    units = Unit.objects.visible_to(request.user, STATS).filter(level__in=[Level.SCHOOL.value, Level.COLLEGE.value])
    units = units | Unit.objects.schools().filter(pk=request.user.school_id)
    code = request.GET.get("unit", "")
    school = get_object_or_404(Unit.objects.schools(), pk=request.user.school_id)
    unit = get_object_or_404(units, code=code) if code else school
    today, year = localdate(), year_of(request)
    year = year if is_countable(year, today) else today.year
    reference = Reference(school, None if unit.level == Level.SCHOOL else unit, year, today)
    rows = [
        {"name": name, "labels": INDICATOR_LABELS[name], "indicator": indicator}
        for name, indicator in indicators_of(reference).items()
    ]
    context = {
        "rows": rows,
        "unit": unit,
        "reference": reference,
        "students": reference.students(),
        "units": units.distinct().order_by("-level", "code"),
        "title": TITLE,
        **years_around(year),
    }
    return render(request, "activities/indicator_list.html", context)
