"""What every fault needs: a database that other processes open too, a month that runs now, mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from kernel.periods import Month
from network.models import User
from reporting.models import Cycle
from reporting.services import open_cycle
from tests.conftest import World
from tests.kernel.conftest import Mailbox
from tests.services import HOST, free_port


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The suite's own test database, as another process opens it."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    return f"postgres://{given['USER']}{secret}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.fixture
def cycle(world: World) -> Cycle:
    """The month in which the test runs: other processes have a clock of their own."""
    now = timezone.now()
    return open_cycle(school=world.school, month=Month.of(timezone.localdate(now)), by=None, at=now)


@dataclass
class Post:
    """A mail server; everybody in the world has an address there."""

    url: str
    box: Mailbox

    def received(self) -> list[str]:
        return sorted(str(mail["To"]) for mail in self.box.mails)


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    User.objects.update(email=Concat(F("number"), Value("@example.edu")))
    box = Mailbox()
    controller = Controller(box, hostname=HOST, port=free_port())
    controller.start()
    yield Post(f"smtp://{HOST}:{controller.port}", box)
    controller.stop()
