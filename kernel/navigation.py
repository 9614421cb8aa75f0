"""The entries of the menu. Each app declares its own in its navigation.py; the roof puts them into groups."""

from dataclasses import dataclass

from django.utils.functional import Promise

EVERYBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the menu, shown to whoever holds one of the abilities, or one of the roles, somewhere."""

    group: str
    label: Promise
    route: str
    icon: str
    abilities: frozenset[str] = EVERYBODY
    # A page about oneself, for students only, or for all but students.
    for_students: bool = False
    for_staff: bool = False
    roles: frozenset[str] = EVERYBODY


_items: dict[str, NavigationItem] = {}


def declare(*items: NavigationItem) -> None:
    """Called by an app's navigation.py when the portal starts; the order within a group is that of the calls."""
    for item in items:
        if item.route in _items:
            raise KeyError(f"two menu entries lead to {item.route}")
        _items[item.route] = item


def declared() -> list[NavigationItem]:
    """The entries of all apps, in the order in which they were declared."""
    return list(_items.values())
