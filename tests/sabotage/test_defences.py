"""The entries of the sabotage speak of code and tests that are there."""

import pytest

from tests.named import exists
from tests.sabotage.defences import DEFENCES, Defence
from tests.services import ROOT


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name)
def test_a_defence_can_be_switched_off_and_has_its_guards(defence: Defence) -> None:
    assert defence.tests
    for change in defence.changes:
        text = (ROOT / change.path).read_text()
        assert text.count(change.old) == 1, f"{change.path} does not hold exactly once:\n{change.old}"
        compile(text.replace(change.old, change.new), change.path, "exec")
    for test in defence.tests:
        assert exists(test), test


def test_each_is_named_once() -> None:
    assert len({defence.name for defence in DEFENCES}) == len(DEFENCES)
