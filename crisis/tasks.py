from celery import shared_task
from django.utils import timezone

from crisis.services.alarms import additions, escalation
from crisis.services.care import referral_printing, safety_watches
from crisis.services.cases import handover
from crisis.services.center import figures, report_printing
from kernel import printing
from kernel.printing import DocumentKind


@shared_task(name="crisis.climb_alarms")
def escalate_alarms() -> None:
    at = timezone.now()
    escalation.escalate_alarms(at=at)
    additions.tell_of_due_additions(at=at)


@shared_task(name="crisis.keep_cases")
def keep_cases() -> None:
    at = timezone.now()
    handover.keep_cases(at=at)
    figures.open_months(at=at)


@shared_task(name="crisis.warn_of_watch_gaps")
def warn_of_watch_gaps() -> None:
    safety_watches.warn_of_gaps(at=timezone.now())


printing.register(
    referral_printing.KIND,
    DocumentKind(
        referral_printing.check_reader, referral_printing.compose_referral, referral_printing.record_print_look
    ),
)
printing.register(report_printing.KIND, DocumentKind(report_printing.check_reader, report_printing.compose_report))
