"""Figures of operation in Prometheus' text format, read from the database. No label names a person, unit or page."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from redis import Redis, RedisError

from crisis.models import Alarm, Heartbeat
from crisis.services.alarms import watchdog
from kernel import anchors
from kernel.models import Job, MailState, Notice, Operation
from network.models import Duty

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Figures(Collector):
    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        """Asked by prometheus-client; each figure is one query."""
        yield self._grouped("shouwang_jobs", "Jobs by state", Job.objects.order_by().values_list("state"))
        mails = Notice.objects.exclude(mail_state=MailState.NONE).order_by().values_list("mail_state")
        yield self._grouped("shouwang_mails", "Mails by state", mails)
        overdue = Duty.objects.unsettled().filter(due_at__lt=self.at).count()
        yield GaugeMetricFamily("shouwang_duties_overdue", "Duties past their time", overdue)
        alarms = Alarm.objects.unacknowledged().order_by().aggregate(count=Count("pk"), since=Min("raised_at"))
        yield GaugeMetricFamily("shouwang_alarms_waiting", "Alarms that nobody has taken over", alarms["count"])
        yield self._age("shouwang_alarm_age_seconds", "Age of the oldest waiting alarm", alarms["since"])
        yield GaugeMetricFamily(
            "shouwang_alarm_delivery_troubles",
            "Parts of the delivery that are stuck",
            len(watchdog.troubles(at=self.at)),
        )
        beats = GaugeMetricFamily(
            "shouwang_heartbeat_age_seconds", "Age of a scheduled task's last run", labels=["task"]
        )
        for name, beat_at in Heartbeat.objects.values_list("name", "beat_at"):
            beats.add_metric([name], (self.at - beat_at).total_seconds())
        yield beats
        ages = GaugeMetricFamily("shouwang_operation_age_seconds", "Age of the last success", labels=["operation"])
        for name, finished_at in Operation.objects.values_list("name", "finished_at"):
            ages.add_metric([name], (self.at - finished_at).total_seconds())
        newest = max((Path(path).stat().st_mtime for path in anchors.kept()), default=None)
        if newest is not None:
            ages.add_metric(["anchor"], self.at.timestamp() - newest)
        yield ages
        yield self._queues()

    def _grouped(self, name: str, help_text: str, rows: object) -> Metric:
        family = GaugeMetricFamily(name, help_text, labels=["state"])
        for state, count in rows.annotate(count=Count("pk")):  # type: ignore[attr-defined]
            family.add_metric([str(state)], count)
        return family

    def _age(self, name: str, help_text: str, since: datetime | None) -> Metric:
        return GaugeMetricFamily(name, help_text, 0 if since is None else (self.at - since).total_seconds())

    def _queues(self) -> Metric:
        family = GaugeMetricFamily("shouwang_queue_length", "Tasks that wait in Redis", labels=["queue"])
        if not settings.REDIS_URL:
            return family
        try:
            with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
                for queue in settings.CELERY_TASK_QUEUES:
                    family.add_metric([queue], redis.llen(queue))
        except RedisError:
            # The absence of the figure is the message; the others are still worth having.
            return GaugeMetricFamily("shouwang_queue_length", "Tasks that wait in Redis", labels=["queue"])
        return family


def exposition(*, at: datetime) -> bytes:
    """The page that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Figures(at))
    return generate_latest(registry)
