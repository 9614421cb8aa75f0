import base64
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from django.utils.crypto import get_random_string

from kernel import crypto
from kernel.fields import Ciphertext, DecryptionError, EncryptedAttribute, EncryptedTextField
from network.models import RosterImport, Student
from network.rules import Role
from tests.conftest import World
from tests.factories import make_students
from tests.kernel.conftest import key
from tests.sizes import size

MOVES = size(quick=200, full=1000)
SECRET = "最近睡不好，想找人说说话 🌧"


@pytest.fixture
def diary(db: None, settings: Any) -> Iterator[Any]:
    """A model of our own with its table, gone after the test."""
    settings.FIELD_KEYS = [key("k1", "a")]
    with isolate_apps("kernel"):

        class Diary(models.Model):  # noqa: DJ008
            id = models.UUIDField(primary_key=True, default=uuid.uuid4)
            text = EncryptedTextField(default="", blank=True, max_length=20)
            other = EncryptedTextField(null=True)
            day = models.CharField(max_length=10, default="", blank=True)

            class Meta:
                app_label = "kernel"

        _create_table(Diary)
        yield Diary


def _create_table(model: type[models.Model]) -> None:
    # The schema editor of SQLite does not work within a transaction.
    columns = ", ".join(f'"{f.column}" {f.db_type(connection)}' for f in model._meta.local_fields)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{model._meta.db_table}" ({columns})')


def stored(model: Any, column: str = "text") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{model._meta.db_table}" ORDER BY day')
        return [row[0] for row in cursor.fetchall()]


def test_what_is_saved_is_read_back_and_stands_encrypted(diary: Any) -> None:
    row = diary.objects.create(text=SECRET)
    assert row.text == SECRET
    assert diary.objects.get().text == SECRET
    token = stored(diary)[0]
    assert token.startswith("k1:")
    assert SECRET.encode() not in base64.b64decode(token[3:])


def test_the_same_text_never_looks_the_same_twice(diary: Any) -> None:
    diary.objects.bulk_create([diary(text=SECRET) for _ in range(50)])
    assert len(set(stored(diary))) == 50
    assert {row.text for row in diary.objects.all()} == {SECRET}


def test_empty_and_null_stay_as_they_are(diary: Any) -> None:
    diary.objects.create()
    assert (stored(diary), stored(diary, "other")) == ([""], [None])
    row = diary.objects.get()
    assert (row.text, row.other) == ("", None)


def test_an_unread_value_survives_a_save(diary: Any) -> None:
    diary.objects.create(text=SECRET, other="b")
    row = diary.objects.get()
    row.day = "1"
    row.save()
    assert (diary.objects.get().text, diary.objects.get().other) == (SECRET, "b")


def test_deferred_loading_and_refreshing_decrypt(diary: Any) -> None:
    made = diary.objects.create(text=SECRET, other="b")
    assert diary.objects.only("day").get().text == SECRET
    assert diary.objects.defer("text").get().text == SECRET
    assert diary.objects.only("text").get().other == "b"
    made.text = "changed here"
    made.refresh_from_db()
    assert made.text == SECRET


def test_a_key_given_as_text_names_the_same_row(diary: Any) -> None:
    pk = uuid.uuid4()
    diary.objects.create(pk=str(pk).upper(), text=SECRET)
    assert diary.objects.get(pk=pk).text == SECRET


def test_values_yield_a_wrapper_that_tells_nothing(diary: Any) -> None:
    diary.objects.create(text=SECRET)
    (sealed,) = diary.objects.values_list("text", flat=True)
    assert isinstance(sealed, Ciphertext)
    assert f"{sealed} {sealed!r}" == "•••• ••••"
    assert sealed == Ciphertext(sealed.token)
    assert len({sealed, Ciphertext(sealed.token)}) == 1


def test_swapped_rows_are_refused(diary: Any) -> None:
    for day in ("1", "2"):
        diary.objects.create(text=f"of day {day}", day=day)
    first, second = diary.objects.order_by("day").values_list("text", flat=True)
    diary.objects.filter(day="1").update(text=second)
    diary.objects.filter(day="2").update(text=first)
    for row in diary.objects.all():
        with pytest.raises(DecryptionError, match=r"kernel_diary.*moved here from another row"):
            assert row.text


def test_swapped_columns_are_refused(diary: Any) -> None:
    diary.objects.create(text=SECRET)
    diary.objects.update(other=diary.objects.values_list("text", flat=True)[0])
    with pytest.raises(DecryptionError):
        assert diary.objects.get().other


def test_ciphertexts_that_were_moved_are_all_refused(world: World) -> None:
    columns = [
        (Student, "phone"), (Student, "guardian_name"), (Student, "guardian_phone"),
        (RosterImport, "content"), (RosterImport, "undo"), (RosterImport, "difference"),
    ]  # fmt: skip
    by = world.people[Role.CENTER_DIRECTOR, world.school.pk]
    make_students(world.it1, 60, on=world.at.date())
    RosterImport.objects.bulk_create(
        RosterImport(
            school=world.school,
            file_name="a",
            content="a",
            undo="b",
            difference="c",
            uploaded_by=by,
            uploaded_at=world.at,
        )
        for _ in range(60)
    )
    places = [(model, column, pk) for model, column in columns for pk in model.objects.values_list("pk", flat=True)]
    tokens = {
        (model, column, pk): model.objects.values_list(column, flat=True).get(pk=pk) for model, column, pk in places
    }
    dice = random.Random(7)
    kinds: Counter[str] = Counter()
    while sum(kinds.values()) < MOVES:
        origin, goal = dice.sample(places, 2)
        kinds["table" if origin[0] is not goal[0] else "column" if origin[1] != goal[1] else "row"] += 1
        model, column, pk = goal
        model._base_manager.filter(pk=pk).update(**{column: tokens[origin]})
        with pytest.raises(DecryptionError):
            getattr(model.objects.get(pk=pk), column)
        model._base_manager.filter(pk=pk).update(**{column: tokens[goal]})
    assert min(kinds.values()) > MOVES / 10, kinds


def test_a_copied_row_does_not_carry_off_what_it_cannot_read(diary: Any) -> None:
    diary.objects.create(text=SECRET)
    copy = diary.objects.get()
    copy.pk, copy._state.adding = uuid.uuid4(), True
    with pytest.raises(DecryptionError), transaction.atomic():
        copy.save()
    copy = diary.objects.get()
    assert copy.text == SECRET
    copy.pk, copy._state.adding = uuid.uuid4(), True
    copy.save()
    assert [row.text for row in diary.objects.all()] == [SECRET, SECRET]


@pytest.mark.parametrize("token", ["k1:", "k1:AAAA", "k1:not base64!", "nonsense", "k9:AAAA", ":", "k1:" + "A" * 64])
def test_damaged_tokens_are_refused_without_being_quoted(diary: Any, token: str) -> None:
    diary.objects.create(text=SECRET)
    diary.objects.update(text=Ciphertext(token))
    with pytest.raises(DecryptionError) as caught:
        assert diary.objects.get().text
    assert token[3:] == "" or token[3:] not in str(caught.value)


def test_every_changed_byte_is_noticed(diary: Any) -> None:
    row = diary.objects.create(text=SECRET)
    raw = base64.b64decode(stored(diary)[0][3:])
    for position in range(len(raw)):
        broken = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(DecryptionError):
            diary._meta.get_field("text").read(row, Ciphertext(f"k1:{base64.b64encode(broken).decode()}"))


@pytest.mark.parametrize("lookup", ["text", "text__contains", "text__in", "text__gt", "text__startswith", "text__foo"])
def test_nothing_but_isnull_can_be_asked(diary: Any, lookup: str) -> None:
    with pytest.raises(FieldError, match="encrypted"):
        diary.objects.filter(**{lookup: "x"}).exists()


def test_isnull_can_be_asked(diary: Any) -> None:
    diary.objects.create(other=None)
    diary.objects.create(other="x")
    assert diary.objects.filter(other__isnull=True).count() == 1


def test_update_and_bulk_update_refuse_a_text_but_may_clear(diary: Any) -> None:
    row = diary.objects.create(text=SECRET, other="b")
    with pytest.raises(FieldError, match=r"save\(\) or bulk_create"), transaction.atomic():
        diary.objects.update(text="clear text")
    row.text = "clear text"
    with pytest.raises(FieldError, match=r"save\(\) or bulk_create"), transaction.atomic():
        diary.objects.bulk_update([row], ["text"])
    assert diary.objects.get().text == SECRET
    diary.objects.update(text="", other=None)
    assert (diary.objects.get().text, diary.objects.get().other) == ("", None)


def test_a_fixture_would_hold_the_text_in_clear_and_is_refused(diary: Any) -> None:
    row = diary.objects.create(text=SECRET)
    with pytest.raises(FieldError, match="not serialized"):
        serializers.serialize("json", [row])


def test_max_length_counts_characters_of_the_text(diary: Any) -> None:
    diary(text="守" * 20, other="x").full_clean()
    with pytest.raises(ValidationError) as caught:
        diary(text="守" * 21, other="x").full_clean()
    assert set(caught.value.message_dict) == {"text"}


def test_long_texts_of_any_script_survive(diary: Any) -> None:
    text = get_random_string(100_000, allowed_chars="ab守望🌧\n\x7f'\"<&")
    diary.objects.create(other=text)
    assert diary.objects.get().other == text


def test_a_row_whose_key_is_not_known_before_it_is_stored_fails_the_checks() -> None:
    with isolate_apps("kernel"):

        class Numbered(models.Model):  # noqa: DJ008
            text = EncryptedTextField()

            class Meta:
                app_label = "kernel"

        assert [error.id for error in Numbered.check()] == ["kernel.E001"]


@pytest.mark.parametrize(
    "keys", [[], ["k1"], ["k1:AAAA"], ["k1:?"], [":" + key("", "a")[1:]], [key("k1", "a"), key("k1", "b")]]
)
def test_a_broken_key_ring_fails_the_checks_and_is_not_quoted(diary: Any, settings: Any, keys: list[str]) -> None:
    settings.FIELD_KEYS = keys
    assert {error.id for error in diary.check()} == {"kernel.E002"}
    with pytest.raises(ImproperlyConfigured) as caught:
        crypto.first_key_id()
    assert not keys or keys[0].partition(":")[2] not in str(caught.value) or keys == ["k1"]


def test_the_field_migrates_like_any_other() -> None:
    field = EncryptedTextField(max_length=5, blank=True)
    field.name = "text"
    _, path, args, kwargs = field.deconstruct()
    assert (path, args, kwargs) == ("kernel.fields.EncryptedTextField", [], {"max_length": 5, "blank": True})


def test_old_keys_read_and_the_first_one_writes(diary: Any, settings: Any) -> None:
    diary.objects.create(text=SECRET, day="1")
    settings.FIELD_KEYS = [key("k2", "b"), key("k1", "a")]
    diary.objects.create(text=SECRET, day="2")
    assert [token[:3] for token in stored(diary)] == ["k1:", "k2:"]
    assert [row.text for row in diary.objects.all()] == [SECRET, SECRET]
    settings.FIELD_KEYS = [key("k2", "b")]
    with pytest.raises(DecryptionError, match="not in FIELD_KEYS"):
        assert diary.objects.get(day="1").text


def test_the_attribute_of_the_class_is_no_text(diary: Any) -> None:
    assert isinstance(diary.text, EncryptedAttribute)
