from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from kernel.errors import Refused
from network.models import Unit
from network.rules import ROLE_LEVEL, Level, Role
from network.services.signin.administrators import admit_colleague

ROLES = [role.value for role in Role if ROLE_LEVEL[role] is Level.SCHOOL]


class Command(BaseCommand):
    help = "Open an account with a post of the school, such as a security administrator; prints its first code, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="CODE", help="code of the school")
        parser.add_argument("--number", required=True, help="staff number")
        parser.add_argument("--name", required=True, help="name of the person")
        parser.add_argument("--role", choices=ROLES, default=Role.SECURITY_ADMINISTRATOR.value)

    def handle(self, **options: Any) -> None:
        school = Unit.objects.schools().filter(code=options["school"]).first()
        if school is None:
            raise CommandError(f"There is no school {options['school']}.")
        try:
            slip = admit_colleague(
                school=school,
                number=options["number"],
                name=options["name"],
                role=Role(options["role"]),
                by=None,
                at=now(),
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{slip.name} {slip.number}: {slip.code}")
