from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from kernel.errors import Refused
from network.services import create_school
from network.services.signin.administrators import admit_colleague


class Command(BaseCommand):
    help = (
        "Create a school and its security administrator, who appoints everybody else; prints the code for the first "
        "sign-in, once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", required=True, help="code of the school, such as S1")
        parser.add_argument("--name", required=True, help="name of the school")
        parser.add_argument(
            "--admin", required=True, metavar="NUMBER", help="staff number of the security administrator"
        )
        parser.add_argument("--admin-name", required=True, help="name of the security administrator")

    def handle(self, **options: Any) -> None:
        try:
            with transaction.atomic():
                school = create_school(code=options["code"], name=options["name"], by=None, at=now())
                slip = admit_colleague(
                    school=school, number=options["admin"], name=options["admin_name"], by=None, at=now()
                )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{school.name} ({school.code})")
        self.stdout.write(f"{slip.name} {slip.number}: {slip.code}")
