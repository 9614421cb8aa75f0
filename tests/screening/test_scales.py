import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Unit, User
from network.rules import Role
from screening.models import Scale
from screening.services.scales import shipped as shipped_files
from screening.services.scales.library import (
    discard_scale,
    import_scale,
    in_use,
    load_shipped,
    publish_scale,
    read_upload,
    upload_wording,
)
from screening.services.scales.shipped import FOLDER, shipped
from screening.services.scales.wordings import HEAD, read_wording_sheet, wording_sheet
from tests.conftest import World
from tests.screening.instruments import KEYS
from tests.screening.test_scale_definitions import SOUND, WORDS

pytestmark = pytest.mark.usefixtures("november")
State = Scale.State


@pytest.fixture(autouse=True)
def scales(db: None, at: datetime) -> dict[str, Scale]:
    load_shipped(at=at)
    return {scale.key: scale for scale in Scale.objects.filter(school=None)}


@pytest.fixture
def director(world: World) -> User:
    return world.holder(Role.CENTER_DIRECTOR)


def file_of(**changed: Any) -> bytes:
    whole = {"format": "shouwang-scale/1", "definition": SOUND, "wording": {"en": WORDS}} | changed
    return json.dumps(whole).encode()


def draft(world: World, by: User, at: datetime, **changed: Any) -> Scale:
    return import_scale(school=world.school, file=read_upload(file_of(**changed)), by=by, at=at)


def test_the_shipped_scales_come_once(at: datetime) -> None:
    assert load_shipped(at=at) == []
    assert sorted(Scale.objects.values_list("key", flat=True)) == list(KEYS)
    assert {scale.key for scale in Scale.objects.all() if scale.is_usable} == {"phq9", "gad7", "cesd"}
    call_command("load_scales")


def test_a_new_version_of_a_shipped_scale_retires_the_one_before(at: datetime, scales: dict[str, Scale]) -> None:
    Scale.objects.filter(key="phq9").update(version=0)
    (fresh,) = load_shipped(at=at)
    assert (fresh.key, fresh.version, fresh.state) == ("phq9", 1, State.PUBLISHED)
    before = Scale.objects.get(pk=scales["phq9"].pk)
    assert (before.state, before.retired_at) == (State.RETIRED, at)


def test_a_shipped_file_that_changes_under_its_version_is_refused(at: datetime) -> None:
    Scale.objects.filter(key="k10").update(definition=SOUND)
    with pytest.raises(Refused, match="k10: the file has changed, but its version is still 1"):
        load_shipped(at=at)
    with pytest.raises(CommandError, match="k10"):
        call_command("load_scales")


def test_a_school_imports_a_scale_looks_at_it_and_puts_it_to_use(world: World, director: User, at: datetime) -> None:
    scale = draft(world, director, at)
    assert (scale.state, scale.version, scale.school, scale.is_usable) == (State.DRAFT, 1, world.school, False)
    published = publish_scale(scale=scale, by=director, at=at)
    assert published.is_usable
    assert published.pk in {one.pk for one in in_use(world.school)}
    assert published.pk not in {one.pk for one in in_use(world.other)}
    acts = AuditEvent.objects.filter(object_type="screening.scale", object_id=str(scale.pk))
    assert list(acts.order_by("pk").values_list("action", flat=True)) == ["scale.import", "scale.publish"]


def test_the_schools_own_version_goes_before_the_shipped_one(
    world: World, director: User, at: datetime, scales: dict[str, Scale]
) -> None:
    own = upload_wording(
        scale=scales["phq9"], school=world.school, wording={"en": {"title": "Ours"}}, by=director, at=at
    )
    assert (own.version, own.state, own.title("en")) == (2, State.DRAFT, "Ours")
    assert own.wording["en"]["items"] == scales["phq9"].wording["en"]["items"]
    publish_scale(scale=own, by=director, at=at)
    chosen = {scale.key: scale for scale in in_use(world.school)}
    assert (chosen["phq9"].pk, chosen["gad7"].pk) == (own.pk, scales["gad7"].pk)
    again = upload_wording(scale=own, school=world.school, wording={"en": {"title": "Newer"}}, by=director, at=at)
    publish_scale(scale=again, by=director, at=at)
    own.refresh_from_db()
    assert (again.version, own.state) == (3, State.RETIRED)


def test_a_scale_without_text_cannot_be_put_to_use(
    world: World, director: User, at: datetime, scales: dict[str, Scale]
) -> None:
    own = upload_wording(scale=scales["who5"], school=world.school, wording={"en": {"title": "W"}}, by=director, at=at)
    with pytest.raises(Refused, match=r"11 texts are still missing, first of all: items\.1") as caught:
        publish_scale(scale=own, by=director, at=at)
    assert caught.value.code == "wording-missing"


def test_words_go_into_the_draft_itself(world: World, director: User, at: datetime) -> None:
    scale = draft(world, director, at, wording={})
    same = upload_wording(scale=scale, school=world.school, wording={"en": WORDS}, by=director, at=at)
    assert same.pk == scale.pk
    assert Scale.objects.get(pk=scale.pk).languages == ("en",)


def test_what_is_in_use_can_neither_be_published_again_nor_thrown_away(
    world: World, director: User, at: datetime, scales: dict[str, Scale]
) -> None:
    published = publish_scale(scale=draft(world, director, at), by=director, at=at)
    for scale in (published, scales["phq9"]):
        for act in (publish_scale, discard_scale):
            with pytest.raises(Refused, match="Only a draft can be changed"):
                act(scale=scale, by=director, at=at)
    other = draft(world, director, at)
    discard_scale(scale=other, by=director, at=at)
    assert not Scale.objects.filter(pk=other.pk).exists()


def test_only_the_center_changes_scales(world: World, director: User, at: datetime, scales: dict[str, Scale]) -> None:
    scale = draft(world, director, at)
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    words = {"en": {"title": "x"}}
    acts: list[Callable[[], object]] = [
        lambda: import_scale(school=world.school, file=read_upload(file_of()), by=counselor, at=at),
        lambda: upload_wording(scale=scales["k10"], school=world.school, wording=words, by=counselor, at=at),
        lambda: publish_scale(scale=scale, by=counselor, at=at),
        lambda: discard_scale(scale=scale, by=counselor, at=at),
    ]
    for act in acts:
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.code == "may-not-manage-scales"


BAD_FILES = [
    (b"\xff\xfe", "not text in UTF-8"),
    (b"{", "file: This is not JSON"),
    (file_of(definition=SOUND | {"factors": {"low": ["9"]}}), "factors.low.9: It names item 9, which is not there."),
    (file_of(wording={"en": {"items": {"9": "x"}}}), "wording.en.items: “9” is no word of this format."),
]


@pytest.mark.parametrize(("content", "told"), BAD_FILES)
def test_a_bad_file_is_refused_with_its_place_and_nothing_is_imported(content: bytes, told: str) -> None:
    with pytest.raises(Refused) as caught:
        read_upload(content)
    assert told in str(caught.value)


def test_words_that_belong_to_nothing_are_refused(world: World, director: User, at: datetime) -> None:
    scale = draft(world, director, at)
    for wording, told in (({"en": {"items": {"9": "x"}}}, "wording.en.items"), ({}, "There is no text in this file.")):
        with pytest.raises(Refused, match=told):
            upload_wording(scale=scale, school=world.school, wording=wording, by=director, at=at)


def test_the_database_keeps_states_and_versions_straight(world: World, director: User, at: datetime) -> None:
    scale = draft(world, director, at)
    broken: list[dict[str, Any]] = [
        {"state": State.PUBLISHED},
        {"published_at": at},
        {"state": State.RETIRED, "published_at": at},
    ]
    for values in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            Scale.objects.filter(pk=scale.pk).update(**values)
    twin = draft(world, director, at)
    publish_scale(scale=scale, by=director, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scale.objects.filter(pk=twin.pk).update(state=State.PUBLISHED, published_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scale.objects.filter(pk=twin.pk).update(version=scale.version)


def workbook(scale: Scale) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(wording_sheet(scale)))


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    target = io.BytesIO()
    book.save(target)
    return target


def test_the_workbook_of_a_scale_comes_back_as_its_wording(scales: dict[str, Scale]) -> None:
    for key in ("phq9", "scl90", "psqi"):
        assert read_wording_sheet(saved(workbook(scales[key]))) == scales[key].wording


def test_a_filled_in_workbook_makes_a_licensed_scale_usable(
    world: World, director: User, at: datetime, scales: dict[str, Scale]
) -> None:
    book = workbook(scales["upi"])
    for row in book.active.iter_rows(min_row=2):
        row[2].value = row[2].value or f"文字{row[0].row}"
    wording = read_wording_sheet(saved(book))
    own = upload_wording(scale=scales["upi"], school=world.school, wording=wording, by=director, at=at)
    assert publish_scale(scale=own, by=director, at=at).languages == ("zh-hans",)


SHEETS: list[tuple[list[list[Any]], str]] = [
    ([["题号", "文字"]], "The first row must be: 类别 · 代码 · 中文 · English"),
    ([list(HEAD), ["答案", "1", "x", ""]], "Row 2: “答案” is no kind of text."),
    ([list(HEAD), ["题目", "1", "x", ""], ["题目", 1, "y", ""]], "Row 3: this text is given twice."),
    ([list(HEAD), ["题目", "1", "=1+1", ""]], "Row 2 holds a formula."),
]


@pytest.mark.parametrize(("rows", "told"), SHEETS)
def test_a_workbook_that_is_another_one_is_refused_with_its_row(rows: list[list[Any]], told: str) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    with pytest.raises(Refused, match=told):
        read_wording_sheet(saved(book))


def test_the_list_says_which_scales_need_text(world: World, director: User, login: Callable[[User], Client]) -> None:
    page = login(director).get(reverse("screening:scale-list"))
    text = page.content.decode()
    assert "Symptom Checklist 90 (SCL-90)" in text
    assert text.count("needs your text") == 8
    assert "Import a scale" in text


def test_a_counselor_reads_scales_and_changes_none(
    world: World, login: Callable[[User], Client], scales: dict[str, Scale]
) -> None:
    client = login(world.holder(Role.FULL_TIME_COUNSELOR))
    page = client.get(reverse("screening:scale-list"))
    assert page.status_code == 200
    assert "Import a scale" not in page.content.decode()
    assert client.get(scales["phq9"].get_absolute_url()).status_code == 200
    upload = {"file": SimpleUploadedFile("mood.json", file_of())}
    assert client.post(reverse("screening:scale-list"), upload).status_code == 403
    assert client.post(reverse("screening:scale-wording", args=[scales["k10"].pk])).status_code == 403
    assert Scale.objects.filter(school=world.school).count() == 0


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.DORM_HEAD, Role.SYSTEM_ADMINISTRATOR])
def test_others_see_no_scales(
    role: Role, world: World, login: Callable[[User], Client], scales: dict[str, Scale]
) -> None:
    client = login(world.holder(role))
    assert client.get(scales["phq9"].get_absolute_url()).status_code == 404
    assert "PHQ-9" not in client.get(reverse("screening:scale-list")).content.decode()


def test_the_preview_shows_what_a_student_sees_and_how_it_is_scored(
    director: User, login: Callable[[User], Client], scales: dict[str, Scale]
) -> None:
    client = login(director)
    url = scales["phq9"].get_absolute_url()
    text = client.get(url, {"language": "zh-hans"}).content.decode()
    assert "做事时提不起劲或没有兴趣" in text
    assert "几乎每天" in text
    english = client.get(url, {"language": "en"}).content.decode()
    assert "Little interest or pleasure in doing things" in english
    assert "total 20–27" in english
    assert "item 9 from 1 up" in english
    assert "55 texts" not in english
    empty = client.get(scales["psqi"].get_absolute_url()).content.decode()
    assert "students cannot answer it yet" in empty
    assert 'type="time"' in empty


def test_a_scale_is_imported_given_words_published_and_exported_on_the_screen(
    world: World, director: User, login: Callable[[User], Client]
) -> None:
    client = login(director)
    upload = {"file": SimpleUploadedFile("mood.json", file_of(wording={}))}
    made = client.post(reverse("screening:scale-list"), upload)
    scale = Scale.objects.get(key="mood")
    assert made["Location"] == scale.get_absolute_url()
    client.post(reverse("screening:scale-publish", args=[scale.pk]))
    scale.refresh_from_db()
    assert scale.state == State.DRAFT
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("screening:scale-workbook", args=[scale.pk])).content))
    for row in book.active.iter_rows(min_row=2):
        row[3].value = "words"
    filled = SimpleUploadedFile("mood.xlsx", saved(book).getvalue())
    client.post(reverse("screening:scale-wording", args=[scale.pk]), {"file": filled})
    client.post(reverse("screening:scale-publish", args=[scale.pk]))
    scale = Scale.objects.get(pk=scale.pk)
    assert (scale.state, scale.languages) == (State.PUBLISHED, ("en",))
    assert client.post(reverse("screening:scale-discard", args=[scale.pk]))["Location"] == scale.get_absolute_url()
    exported = client.get(reverse("screening:scale-export", args=[scale.pk]))
    assert read_upload(exported.content).wording == scale.wording


def test_a_draft_is_thrown_away_on_the_screen(
    world: World, director: User, login: Callable[[User], Client], at: datetime
) -> None:
    scale = draft(world, director, at)
    gone = login(director).post(reverse("screening:scale-discard", args=[scale.pk]))
    assert gone["Location"] == reverse("screening:scale-list")
    assert not Scale.objects.filter(pk=scale.pk).exists()


UPLOADS = [
    ("mood.json", b"{", "This is not JSON"),
    ("mood.txt", b"{}", "Please choose a .json file."),
    ("mood.json", b" " * (2 * 1024 * 1024 + 1), "The file is larger than 2 MB."),
]


@pytest.mark.parametrize(("name", "content", "told"), UPLOADS)
def test_a_rejected_upload_says_why(
    name: str, content: bytes, told: str, director: User, login: Callable[[User], Client]
) -> None:
    page = login(director).post(reverse("screening:scale-list"), {"file": SimpleUploadedFile(name, content)})
    assert page.status_code == 422
    assert told in page.content.decode()
    assert not Scale.objects.exclude(school=None).exists()


def test_a_rejected_workbook_says_why(
    director: User, login: Callable[[User], Client], scales: dict[str, Scale]
) -> None:
    url = reverse("screening:scale-wording", args=[scales["k10"].pk])
    client = login(director)
    wrong = client.post(url, {"file": SimpleUploadedFile("k10.xlsx", b"PK")})
    assert (wrong.status_code, "This workbook cannot be read" in wrong.content.decode()) == (422, True)
    none = client.post(url, {})
    assert none.status_code == 422


def test_a_draft_of_another_school_is_not_there(
    world: World, director: User, login: Callable[[User], Client], at: datetime
) -> None:
    stranger = User.objects.get(posts__unit=world.other, posts__role=Role.CENTER_DIRECTOR)
    scale = draft(world, director, at)
    client = login(stranger)
    for name in ("detail", "workbook", "export"):
        assert client.get(reverse(f"screening:scale-{name}", args=[scale.pk])).status_code == 404
    for name in ("wording", "publish", "discard"):
        assert client.post(reverse(f"screening:scale-{name}", args=[scale.pk])).status_code == 404
    assert str(scale) == "mood 1"


def test_a_list_costs_the_same_for_any_number_of_scales(
    world: World, director: User, login: Callable[[User], Client], at: datetime, django_assert_max_num_queries: Any
) -> None:
    for _number in range(5):
        draft(world, director, at)
    client = login(director)
    client.get(reverse("screening:scale-list"))
    with django_assert_max_num_queries(12):
        client.get(reverse("screening:scale-list"))


def test_shipped_files_lie_beside_the_code() -> None:
    assert {path.stem for path in Path(FOLDER).glob("*.json")} == set(shipped()) == set(KEYS)
    assert shipped_files.read_path(FOLDER / "phq9.json").scale.key == "phq9"


def test_an_unknown_unit_is_no_school(world: World) -> None:
    assert [scale.key for scale in in_use(Unit.objects.get(pk=world.other.pk))] == list(KEYS)
