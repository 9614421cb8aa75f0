"""A crisis from the thunder line to the day the case rests, with four people at it in windows of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.utils.timezone import localdate, now
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from crisis.models import Alarm, Case, CrisisReport, DutyShift, GuardianNotice, Hospital, Referral, Return, SafetyWatch
from kernel.periods import Month
from network.models import User
from network.rules import Role
from reporting.services import open_cycle
from tests.conftest import World
from tests.factories import PASSWORD
from tests.journeys.conftest import HAND, barriers, overflow, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

EVIDENCE = "晚上说了告别的话，把东西都送人了"
OPINION = "建议住院观察两周。急诊科李医师"
STAFF = {
    Role.FULL_TIME_COUNSELOR: "陈咨询师",
    Role.CENTER_DIRECTOR: "林主任",
    Role.FUDAOYUAN: "王辅导员",
    Role.COLLEGE_COORDINATOR: "赵专干",
    Role.DEPUTY_SECRETARY: "孙副书记",
    Role.SCHOOL_LEADER: "周校长",
    Role.AUDITOR: "吴审计",
}
# What the whole log of the referral says.
LOG = ("发起", OPINION, "市精神卫生中心", "同意转介", "出院后每周面谈", "母亲", "陈咨询师", "林主任", "王辅导员")
Values = dict[str, Any]


@dataclass
class Cast:
    """Who is signed in where."""

    world: World
    head: Page
    counselor: Page
    fudaoyuan: Page
    director: Page
    take: Callable[[Page, str], None]

    def picture(self, page: Page, name: str) -> None:
        """A picture; what lies in a hand fits into it, and nothing keeps out who does not see."""
        if page.viewport_size == HAND:
            assert overflow(page) == 0, name
        assert barriers(page) == [], name
        self.take(page, name)


@pytest.fixture
def cast(world: World, open_page: Callable[..., Page], picture: Callable[[Page, str], None]) -> Cast:
    for role, name in STAFF.items():
        User.objects.filter(pk=world.holder(role).pk).update(name=name)
    at = now()
    open_cycle(school=world.school, month=Month.of(localdate(at)), by=None, at=at)
    on_duty = world.holder(Role.FULL_TIME_COUNSELOR)
    DutyShift.objects.create(
        school=world.school, officer=on_duty, starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=12)
    )
    Hospital.objects.create(school=world.school, name="市精神卫生中心", department="急诊", phone="0551-0000 0000")

    def window(role: Role, size: dict[str, int] | None) -> Page:
        page = open_page(size) if size else open_page()
        sign_in(page, world.holder(role).number, PASSWORD)
        return page

    return Cast(
        world,
        window(Role.DORM_HEAD, HAND),
        window(Role.FULL_TIME_COUNSELOR, HAND),
        window(Role.FUDAOYUAN, HAND),
        window(Role.CENTER_DIRECTOR, None),
        picture,
    )


def test_a_crisis_from_the_thunder_line_to_the_rest_of_the_case(cast: Cast, open_page: Callable[..., Page]) -> None:
    ring(cast)
    take_on(cast)
    case = open_red(cast)
    file_owed(cast, case, "immediate", {"facts": EVIDENCE, "risk": "有计划", "measures": "两人陪伴"})
    tell_family(cast, case)
    watch_over(cast, case)
    file_owed(cast, case, "follow_up", {"changes": "已有人陪伴", "risk": "仍在"})
    refer(cast, case)
    file_owed(cast, case, "weekly", {"risk": "减轻", "next_step": "每周面谈，陈咨询师"})
    come_back(cast, case)
    lower(cast, case, 2, weeks=2)
    lower(cast, case, 1, weeks=4)
    lower(cast, case, 0, weeks=0, ground="resolved")
    assert (case.is_open, case.ground) == (False, "resolved")
    cast.picture(cast.director, "29-closed")
    audit(cast, open_page())
    look_later(cast, case.student.user, open_page(HAND))


def fill(form: Locator, values: Values) -> None:
    """Fill in what a form asks for, whatever its fields are."""
    for name, value in values.items():
        field = form.locator(f"[name={name}]")
        kind = field.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                form.locator(f"[name={name}][value='{one}']").check()
        elif kind == "file":
            field.set_input_files(value)
        elif field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def send(form: Locator, values: Values) -> None:
    """Fill in, send, and wait for the page that answers."""
    fill(form, values)
    with form.page.expect_navigation():
        form.locator(".form-actions button.btn-primary").click()


def do(page: Page, key: str, values: Values) -> None:
    """An act that opens in its place on a page."""
    panel = page.locator(f"details.act[id='{key}']")
    panel.locator("summary").click()
    send(panel.locator("form"), values)


def scan(name: str) -> Values:
    data = BytesIO()
    Image.new("RGB", (60, 40), "white").save(data, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": data.getvalue()}


def follow(page: Page, link: str) -> None:
    with page.expect_navigation():
        page.locator(link).click()


def ring(cast: Cast) -> None:
    page = cast.head
    page.goto("/")
    follow(page, "#todo a.btn-primary")
    page.click("#lines > summary")
    mate = page.locator(".mate").nth(2)
    mate.locator("label:has(input[type=radio][value='5'])").click()
    expect(mate.locator("a[href='tel:12356']").first).to_be_visible()
    mate.locator("textarea").first.fill(EVIDENCE)
    cast.picture(page, "01-thunder")
    with page.expect_navigation():
        mate.locator(".btn-thunder").click()
    expect(page.locator(".note-success, .messages, [role=status]").first).to_be_visible()
    cast.picture(page, "02-sent")
    assert Alarm.objects.get().student == cast.world.students["own"][2]


def take_on(cast: Cast) -> None:
    page = cast.counselor
    page.goto("/")
    cast.picture(page, "03-home")
    follow(page, ".alarm-card .rows a")
    cast.picture(page, "04-alarm")
    expect(page.locator("main a[href='tel:120']")).to_be_in_viewport()
    with page.expect_navigation():
        page.click(".alarm-card form button")
    send(page.locator("#action form"), {"action_taken": "已打电话给辅导员，我正赶往宿舍。"})
    assert Alarm.objects.get().acknowledged_by == cast.world.holder(Role.FULL_TIME_COUNSELOR)
    cast.picture(page, "05-taken-on")


def open_red(cast: Cast) -> Case:
    page = cast.counselor
    follow(page, "a[href$='/case/open/']")
    expect(page.locator("[name=situation]")).to_have_value(EVIDENCE)
    form = page.locator("main form")
    fill(form, {"level": "3", "criteria": ["2", "4"]})
    cast.picture(page, "06-open")
    send(form, {})
    expect(page.locator(".level-red").first).to_be_visible()
    cast.picture(page, "07-case")
    case = Case.objects.get()
    assert case.level == 3
    told = page.locator("#told li", has_text="王辅导员")
    with page.expect_navigation():
        told.locator("button").click()
    assert case.members.get(user=cast.world.holder(Role.FUDAOYUAN)).told_at is not None
    return case


def file_owed(cast: Cast, case: Case, kind: str, values: Values) -> None:
    """File the report that is owed now."""
    page = cast.counselor
    assert CrisisReport.objects.owed().get(case=case).kind == kind
    page.goto(f"/cases/{case.pk}/")
    follow(page, f"a[href='/cases/{case.pk}/report/']")
    cast.picture(page, f"report-{kind}")
    send(page.locator("main form"), values)
    assert CrisisReport.objects.filter(case=case, kind=kind, is_late=False).exclude(filed_at=None).exists()


def tell_family(cast: Cast, case: Case) -> None:
    page = cast.fudaoyuan
    page.goto(f"/cases/{case.pk}/")
    follow(page, "a[href$='/family/']")
    fill(page.locator("main form"), {"legal_ground": "emergency"})
    cast.picture(page, "08-ground")
    send(page.locator("main form"), {})
    do(page, "attempt", {"number": "10000000001", "was_reached": "0", "remark": "关机"})
    page.locator("details.act#reached summary").click()
    cast.picture(page, "09-reach")
    told = {"reached_name": "王母", "relation": "母亲", "facts": "昨夜说过告别的话", "advice": "请今天到校"}
    send(page.locator("#reached form"), told | {"reply": "马上买票", "decision": "fetch"})
    do(page, "sign", {"is_signed": "1", "page": scan("签字.png")})
    cast.picture(page, "10-family")
    notice = GuardianNotice.objects.get()
    assert (notice.legal_ground, notice.relation, notice.signature) == ("emergency", "母亲", "signed")
    assert notice.attempts.get().was_reached is False


def watch_over(cast: Cast, case: Case) -> None:
    page = cast.counselor
    page.goto(f"/cases/{case.pk}/")
    follow(page, "a[href$='/watch/']")
    two = [str(cast.world.holder(role).pk) for role in (Role.FULL_TIME_COUNSELOR, Role.FUDAOYUAN)]
    fill(page.locator("main form"), {"place": "宿舍 101", "instructions": "不离人，收好药品", "people": two})
    cast.picture(page, "11-watch")
    send(page.locator("main form"), {})
    cast.picture(page, "12-roster")
    assert SafetyWatch.objects.get().shifts.count() == 2


def refer(cast: Cast, case: Case) -> None:
    page = cast.counselor
    page.goto(f"/cases/{case.pk}/")
    follow(page, "a[href$='/referrals/']")
    send(page.locator("main form"), {"reason": "有计划，需专科评估"})
    expect(page.locator("main")).to_contain_text("请中心或学院的另一位老师批准")
    cast.picture(page, "13-assessed")
    referral = Referral.objects.get()
    address = f"/cases/{case.pk}/referrals/{referral.pk}/"
    cast.director.goto(address)
    do(cast.director, "approved", {"text": "同意转介，请全程陪同"})
    cast.fudaoyuan.goto(address)
    for step, text in (("guardian_told", "母亲同意"), ("escorted", "两人陪同，打车"), ("arrived", "急诊已接收")):
        do(cast.fudaoyuan, step, {"text": text})
    end_watch(cast, case)
    do(cast.fudaoyuan, "replied", {"text": OPINION, "letter": scan("回函.png")})
    cast.picture(cast.fudaoyuan, "15-replied")
    for step, text in (("planned", "出院后每周面谈"), ("followed_up", "已出院，情绪平稳")):
        do(cast.fudaoyuan, step, {"text": text})
    cast.director.reload()
    cast.picture(cast.director, "16-referral")
    log = download_log(cast.director)
    for said in (case.student.name, case.number, *LOG):
        assert said in log, said


def end_watch(cast: Cast, case: Case) -> None:
    page, watch = cast.counselor, SafetyWatch.objects.get()
    page.goto(f"/cases/{case.pk}/watch/{watch.pk}/")
    turn = page.locator("li", has_text=STAFF[Role.FUDAOYUAN]).locator("details.act")
    turn.locator("summary").click()
    send(turn.locator("form"), {"handover": "睡了两小时，没有再说起"})
    do(page, "end", {"handed_to": "市精神卫生中心急诊，李医师"})
    cast.picture(page, "14-watch-ended")
    watch.refresh_from_db()
    assert watch.ended_at is not None


def download_log(page: Page) -> str:
    """The text of the whole log, without the breaks of its lines."""
    with page.expect_navigation():
        page.click("form[action$='/pdf/'] button")
    with page.expect_download(timeout=60_000) as download:
        page.locator(".job a.btn-primary").click(timeout=60_000)
    content = BytesIO(Path(download.value.path()).read_bytes())
    return "".join("".join(one.extract_text().split()) for one in PdfReader(content).pages)


def come_back(cast: Cast, case: Case) -> None:
    """The leave, what the return needs, the second person's decision, and the first look."""
    page = cast.counselor
    page.goto(f"/cases/{case.pk}/")
    follow(page, "a[href$='/returns/']")
    send(page.locator("main form"), {"left_on": (localdate() - timedelta(days=40)).isoformat()})
    address = page.url
    do(page, "apply", {"opinion": "病情稳定，可以复学", "letter": scan("复学证明.png")})
    do(page, "interview", {"interview": "愿意回来，同学支持"})
    cast.picture(page, "17-leave")
    cast.fudaoyuan.goto(address)
    do(cast.fudaoyuan, "commit", {"commitment": "按时复诊，母亲陪读一个月"})
    cast.director.goto(address)
    granted = {"comes_back": "1", "note": "条件具备", "support_plan": "每周面谈，免修两门"}
    do(cast.director, "decide", granted)
    cast.picture(cast.director, "18-return")
    page.goto(address)
    do(page, "look-1", {"text": "睡得好，按时上课"})
    cast.picture(page, "19-looks")
    looks = Return.objects.get().follow_ups
    assert (looks.count(), looks.exclude(done_at=None).get().number) == (14, 1)


def lower(cast: Cast, case: Case, to: int, *, weeks: int, ground: str = "") -> None:
    """One step down: too early it is refused, alone it is refused, by a second person it is granted."""
    page, director = cast.counselor, cast.director
    asked = {"to": str(to), "reassessment": "两周未再提起，睡眠恢复"} | ({"ground": ground} if ground else {})
    page.goto(f"/cases/{case.pk}/")
    if weeks:
        do(page, "lower", asked)
        expect(page.locator("#lower[open]")).to_contain_text("起可以降级")
        cast.picture(page, f"2{3 - to}-too-early")
        # The worker has a clock of its own, so the weeks pass in the database.
        Case.objects.filter(pk=case.pk).update(level_since=F("level_since") - timedelta(weeks=weeks))
        page.goto(f"/cases/{case.pk}/")
    do(page, "lower", asked)
    expect(page.locator("main")).to_contain_text("这是您申请的")
    expect(page.locator("#decide")).to_have_count(0)
    assert decide_alone(page, case) in (403, 422)
    director.goto(f"/cases/{case.pk}/")
    cast.picture(director, f"2{3 - to}-asked")
    do(director, "decide", {"grant": "1", "note": "同意"})
    case.refresh_from_db()


def decide_alone(page: Page, case: Case) -> int:
    """What the server answers when whoever asked sends the decision as well."""
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"csrfmiddlewaretoken": token, "grant": "1", "note": "自己同意"}
    return page.request.post(f"/cases/{case.pk}/decide/", form=form).status


def audit(cast: Cast, page: Page) -> None:
    """What was done stands in the log, each act once or as often as it was done."""
    student = cast.world.students["own"][2].number
    acts = {"alarm.acknowledge": 1, "case.open": 1, "guardian.sign": 1, "referral.print": 1, "case.decide_lowering": 3}
    sign_in(page, cast.world.holder(Role.AUDITOR).number, PASSWORD)
    page.goto("/audit/")
    cast.picture(page, "30-audit")
    expect(page.locator(".audit-rows .row-main > strong").first).to_be_visible()
    for action, times in acts.items():
        page.goto(f"/audit/?action={action}")
        expect(page.locator(".audit-rows > li")).to_have_count(times)
    expect(page.locator(".audit-rows")).to_contain_text(STAFF[Role.CENTER_DIRECTOR])
    page.goto(f"/audit/?student={student}")
    cast.picture(page, "31-audit-of-the-student")


def look_later(cast: Cast, student: User, page: Page) -> None:
    """What belongs to the crisis is told to the student after a week, without a name."""
    sign_in(page, student.number, PASSWORD)
    page.goto("/my/looks/")
    expect(page.locator(".empty-state")).to_be_visible()
    cast.picture(page, "32-looks-now")
    with time_machine.travel(now() + timedelta(days=8)):
        sign_in(page, student.number, PASSWORD)
        page.goto("/my/looks/")
        cast.picture(page, "33-looks-later")
        expect(page.locator("main .rows li", has_text="专职咨询师").first).to_be_visible()
        for name in STAFF.values():
            expect(page.locator("main")).not_to_contain_text(name)
