from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from tests import shares


class Item(SimpleNamespace):
    """As much of a collected test as the hook looks at."""

    def get_closest_marker(self, name: str) -> Any:
        return self.marks.get(name)


def item(name: str, *fixtures: str, **marks: Any) -> Any:
    return Item(nodeid=name, fixturenames=fixtures, marks=marks)


def kept(monkeypatch: pytest.MonkeyPatch, share: str) -> list[str]:
    anywhere = SimpleNamespace(kwargs={})
    here, elsewhere = (SimpleNamespace(kwargs={"vendor": vendor}) for vendor in (connection.vendor, "elsewhere"))
    items = [
        item("pure"),
        item("rows", "db"),
        item("marked rows", django_db=anywhere),
        *(item(f"walk {number}", "db", one_database=anywhere) for number in range(4)),
        item("here", "db", one_database=here),
        item("elsewhere", "db", one_database=elsewhere),
    ]
    monkeypatch.setenv("TEST_SHARE", share)
    config: Any = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: None))
    shares.pytest_collection_modifyitems(config, items)
    return [one.nodeid for one in items]


def test_a_run_on_one_database_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(kept(monkeypatch, "0/1")) == 9


def test_two_runs_do_once_what_one_database_is_enough_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "IS_SOAK", False)
    assert kept(monkeypatch, "0/2") == ["pure", "rows", "marked rows", "walk 0", "walk 2", "here"]
    assert kept(monkeypatch, "1/2") == ["rows", "marked rows", "walk 1", "walk 3", "here"]


def test_a_soak_repeats_them_on_each_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "IS_SOAK", True)
    assert len(kept(monkeypatch, "0/2")) == 9
    assert len(kept(monkeypatch, "1/2")) == 8
