import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from portal.operations.doctor import examine


class Command(BaseCommand):
    help = "Look at keys, settings, database, clock, queues, mail, anchors, disk and backups; exit 1 on trouble."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings for a machine")

    def handle(self, **options: Any) -> None:
        findings = examine(at=now())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
        else:
            for finding in findings:
                self.stdout.write(f"{finding.state:<8} {finding.name}: {finding.sentence}")
        if any(finding.state == "trouble" for finding in findings):
            raise SystemExit(1)
