"""What the demo's center has ready before anything happens: hospitals to send to, plans to go by, a register."""

from datetime import datetime, timedelta

from crisis.models import Case, Hospital, Incident
from crisis.services.care.referrals import save_hospital
from crisis.services.center.incidents import record_incident
from crisis.services.center.response_plans import publish_plan
from demo import care_words as words
from demo.settling import Cast
from network.models import User

DAY = timedelta(days=1)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def get_ready(cast: Cast, *, by: User, at: datetime) -> None:
    """Hospitals into the directory, and a plan for any alarm and for danger of suicide."""
    for name, department, address, phone, way_in in words.HOSPITALS:
        hospital = Hospital(name=name, department=department, address=address, phone=phone, green_channel=way_in)
        save_hospital(hospital=hospital, school=cast.school, by=by, at=at)
    for situation, (title, lines) in words.PLANS.items():
        publish_plan(school=cast.school, situation=situation, title=title, lines=lines, by=by, at=at)


def tell_register(cast: Cast, *, latest: Case | None, by: User, founded_at: datetime, now: datetime) -> None:
    """A year of incidents: those from before the portal were entered when it came, the latest belongs to a case."""
    colleges = list(cast.colleges.values())
    for ago, number, kind, place, account, measures, lessons in words.INCIDENTS:
        happened_at = now - ago * DAY - ago % 11 * 67 * MINUTE
        record_incident(
            unit=colleges[number % len(colleges)],
            kind=kind,
            happened_at=happened_at,
            place=place,
            account=account,
            measures=measures,
            lessons=lessons,
            by=by,
            at=max(happened_at + DAY, founded_at + HOUR),
        )
    if latest is not None:
        place, account, measures, lessons = words.LATEST
        record_incident(
            unit=latest.college or cast.school,
            kind=Incident.Kind.PREVENTED,
            happened_at=latest.opened_at,
            place=place,
            account=account,
            measures=measures,
            lessons=lessons,
            by=by,
            at=min(latest.opened_at + DAY, now),
            case=latest,
        )
