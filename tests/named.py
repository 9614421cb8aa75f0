"""Tests by their names, as documents and tables give them."""

import ast
from functools import cache
from pathlib import Path

from tests.services import ROOT


def exists(name: str) -> bool:
    """Whether `tests/x/test_y.py::test_z` is there; a bare `test_z` may be anywhere."""
    path, _, test = name.rpartition("::")
    if path:
        return (ROOT / path).is_file() and test in _tests(ROOT / path)
    return test in _all()


@cache
def _all() -> frozenset[str]:
    return frozenset(test for path in (ROOT / "tests").rglob("test_*.py") for test in _tests(path))


@cache
def _tests(path: Path) -> frozenset[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return frozenset(one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.ClassDef))
