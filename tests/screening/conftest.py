from datetime import datetime

import pytest

from screening.models import Campaign, Paper
from tests.conftest import World
from tests.screening.screenings import begin, open_screening


@pytest.fixture
def campaign(world: World, at: datetime) -> Campaign:
    """One scale, everybody of 2026, open in November."""
    return open_screening(world, at=at)


@pytest.fixture
def paper(world: World, campaign: Campaign, at: datetime) -> Paper:
    """Somebody has agreed and holds a paper that is still empty."""
    return begin(campaign, world.students["own"][2], at=at)[0]
