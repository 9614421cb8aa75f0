import base64
from datetime import UTC, datetime, timedelta

import pytest

from kernel import aliases, audit, chain
from kernel.models import AliasKey, AuditEvent
from network.models import User
from tests.conftest import World

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_an_alias_is_the_same_for_one_person_and_says_nothing(db: None) -> None:
    alias = aliases.alias_of("17")
    assert alias == aliases.alias_of("17")
    assert aliases.is_alias(alias)
    assert len(alias) <= AuditEvent._meta.get_field("subject").max_length
    assert len({alias, aliases.alias_of("18"), aliases.alias_of("17", salt="x")}) == 3


def test_the_key_is_drawn_once_sealed_and_apart_from_all_settings(db: None, settings: object) -> None:
    aliases.alias_of("17")
    row = AliasKey.objects.get()
    assert len(base64.b64decode(row.key)) == 32
    stored = AliasKey.objects.values_list("key", flat=True).get().token
    assert row.key not in stored
    before = aliases.alias_of("17")
    settings.SECRET_KEY = "another one, as after a leak"  # type: ignore[attr-defined]
    assert aliases.alias_of("17") == before
    assert AliasKey.objects.count() == 1


def test_people_are_found_behind_their_aliases(db: None) -> None:
    alias = aliases.alias_of("17", salt="s")
    assert aliases.known_aliases(["16", "17"], salt="s")[alias] == "17"
    assert alias not in aliases.known_aliases(["16", "17"])


def test_a_discreet_event_names_neither_person_nor_row(user: User) -> None:
    audit.record(action="booking.read", by=user, at=AT, obj=user, unit="MD", subject="17", discreet=True)
    event = AuditEvent.objects.get()
    assert (event.actor, event.unit, event.object_type) == ("王老师 (T90001)", "MD", "network.user")
    assert event.subject == aliases.alias_of("17")
    assert aliases.is_alias(event.object_id)


def test_own_acts_have_an_alias_each_so_that_nobody_puts_them_together(user: User) -> None:
    for minutes in range(2):
        at = AT + timedelta(minutes=minutes)
        audit.record(action="booking.make", by=user, at=at, unit="MD", subject="17", discreet=True, own=True)
    first, second = AuditEvent.objects.order_by("pk")
    assert first.actor == first.actor_id == first.subject
    assert first.subject != second.subject
    assert user.number not in str(vars(first)) and "王" not in str(vars(first))
    assert aliases.known_aliases(["17"], salt=audit.salt_of("booking.make", AT)) == {first.subject: "17"}


def test_a_discreet_event_needs_a_person_and_tells_no_words(user: User) -> None:
    with pytest.raises(ValueError, match="needs the id"):
        audit.record(action="booking.make", by=user, at=AT, discreet=True)
    with pytest.raises(ValueError, match="could say"):
        audit.record(action="booking.make", by=user, at=AT, subject="17", discreet=True, detail={"counselor": "T1"})


@pytest.mark.django_db(transaction=True)
def test_the_chain_holds_with_aliases(world: World) -> None:
    by = world.outsider
    for number in range(5):
        own = number % 2 == 0
        audit.record(action="booking.make", by=by, at=AT, subject=str(number), unit="MD", discreet=True, own=own)
    assert chain.verify() is None
