"""The words of the audit log: what an action and a purpose are called. Each app declares its own in its
audit_labels.py; without a label the log shows the bare key."""

from collections.abc import Mapping

from django.utils.functional import Promise

Labels = Mapping[str, Promise | str]

_actions: dict[str, Promise | str] = {}
_purposes: dict[str, Promise | str] = {}


def declare(*, actions: Labels, purposes: Labels | None = None) -> None:
    """Called by an app's audit_labels.py when the portal starts."""
    for known, labels in ((_actions, actions), (_purposes, purposes or {})):
        for key, label in labels.items():
            if key in known:
                raise KeyError(f"{key} has a label already")
            known[key] = label


def actions() -> dict[str, Promise | str]:
    """The label of each action, by its key."""
    return {key: _actions[key] for key in sorted(_actions)}


def purposes() -> dict[str, Promise | str]:
    """The label of each purpose, in the order in which they were declared."""
    return dict(_purposes)
