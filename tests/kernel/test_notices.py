from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from django.utils.translation import gettext_noop, override

from kernel import delivery, notices
from kernel.models import MailState, Notice
from network.models import User
from tests.factories import make_user
from tests.kernel.conftest import Mailbox, side_by_side

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TITLE = gettext_noop("Sent back to you: report %(month)s, %(unit)s. Please look at the reason and file again.")


def tell(to: Any, **changes: Any) -> None:
    said: dict[str, Any] = {
        "to": to,
        "kind": "report.returned",
        "title": TITLE,
        "params": {"month": "2026-11", "unit": "东6栋-101"},
        "link": "/reports/1/",
        "at": AT,
    }
    notices.post(**(said | changes))


def deliver(minutes: int = 0, only: str = "") -> int:
    return delivery.deliver(clock=lambda: AT + timedelta(minutes=minutes), only=only)


def states() -> list[str]:
    return sorted(Notice.objects.values_list("mail_state", flat=True))


def test_a_notice_is_spoken_in_the_readers_language(user: User) -> None:
    tell(user, title="Yes", params={})
    with override("zh-hans"):
        assert str(Notice.objects.get()) == "是"
    with override("en"):
        assert str(Notice.objects.get()) == "Yes"


def test_numbers_dates_and_times_are_spoken(user: User) -> None:
    params = {"n": 3, "day": date(2026, 11, 25), "time": datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)}
    tell(user, title="%(n)s by %(day)s, %(time)s", params=params)
    with override("zh-hans"):
        sentence = Notice.objects.get().sentence()
    assert sentence.startswith("3 by 2026")
    assert "23:59" in sentence


def test_many_people_are_told_in_one_statement_and_nobody_twice(db: None, django_assert_num_queries: Any) -> None:
    people = [make_user(email=f"p{n}@example.edu.cn") for n in range(50)]
    with transaction.atomic(), django_assert_num_queries(1):
        tell([*people, people[0]])
    assert Notice.objects.count() == 50


def test_nobody_to_tell_is_no_fault(db: None) -> None:
    tell([])
    assert not Notice.objects.exists()


def test_a_key_is_told_once_to_each_person(user: User) -> None:
    other = make_user()
    tell(user, key="due:1")
    tell([user, other], key="due:1")
    tell(user, key="due:2")
    assert Notice.objects.for_user(user).count() == 2
    assert Notice.objects.for_user(other).count() == 1
    tell(user)
    tell(user)
    assert Notice.objects.for_user(user).count() == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"params": {"month": "2026-11", "unit": "x" * 101}},
        {"params": {"month": "2026-11", "unit": 10**100}},
        {"params": {"month": "2026-11", "unit": ["a"]}},
        {"params": {"month": "2026-11", "unit": None}},
        {"params": {"month": "2026-11", "unit": 1.5}},
        {"title": ""},
    ],
)
def test_texts_that_people_wrote_have_no_place_in_a_notice(user: User, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        tell(user, **changes)
    assert not Notice.objects.exists()


def test_a_missing_parameter_is_found_at_once(user: User) -> None:
    with pytest.raises(KeyError):
        tell(user, params={"month": "2026-11"})


def test_an_act_that_is_undone_tells_nobody(user: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(user)
        raise RuntimeError
    assert not Notice.objects.exists()


def test_people_read_their_own_notices(user: User) -> None:
    other = make_user()
    tell([user, other])
    tell(user, urgent=True)
    first = Notice.objects.for_user(user).first()
    assert first is not None
    assert first.urgent
    foreign = Notice.objects.for_user(other).get()
    assert notices.mark_read(by=user, at=AT, ids=[first.pk, foreign.pk]) == 1
    assert Notice.objects.for_user(user).unread().count() == 1
    assert notices.mark_read(by=user, at=AT) == 1
    assert notices.mark_read(by=user, at=AT) == 0
    assert Notice.objects.unread().get() == foreign


def test_a_mail_carries_the_sentence_a_link_and_whom_to_ask(user: User, mailbox: Mailbox, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    tell(user)
    assert deliver() == 1
    (mail,) = mailbox.mails
    notice = Notice.objects.get()
    assert mail["To"] == "wang@example.edu.cn"
    assert mail["Subject"].strip().startswith("【守望】")
    assert "东6栋-101" in mail["Subject"]
    assert mail["Message-ID"] == f"<{notice.pk.hex}@shouwang.example.edu.cn>"
    body = mail.get_content().replace("\r\n", "\n")
    assert "https://shouwang.example.edu.cn/reports/1/" in body
    assert len(body.strip().split("\n\n")) == 3
    assert (notice.mail_state, notice.mail_next_at) == (MailState.SENT, None)


def test_a_line_break_in_a_parameter_starts_no_header(user: User, mailbox: Mailbox) -> None:
    tell(user, params={"month": "2026-11", "unit": "a\r\nBcc: thief@example.com"}, link="")
    assert deliver() == 1
    assert mailbox.mails[0]["Bcc"] is None
    assert "thief" in mailbox.mails[0]["Subject"]


def test_who_has_no_address_gets_no_mail(mailbox: Mailbox, db: None) -> None:
    tell(make_user())
    assert deliver() == 0
    assert states() == ["none"]


def test_urgent_mails_go_first(user: User, mailbox: Mailbox) -> None:
    tell(user, title="slow", params={}, at=AT - timedelta(hours=1))
    tell(user, title="urgent", params={}, urgent=True)
    assert deliver() == 2
    assert [subject.removeprefix("【守望】") for subject in mailbox.subjects()] == ["urgent", "slow"]


def test_what_was_sent_is_not_sent_again(user: User, mailbox: Mailbox) -> None:
    tell(user)
    assert (deliver(), deliver(60)) == (1, 0)
    assert len(mailbox.mails) == 1


def test_one_notice_can_be_sent_alone(user: User, mailbox: Mailbox) -> None:
    tell(user, title="one", params={})
    tell(user, title="two", params={})
    one = Notice.objects.get(title="one")
    assert deliver(only=str(one.pk)) == 1
    assert mailbox.subjects() == ["【守望】one"]


def test_an_address_that_is_refused_holds_nobody_up(user: User, mailbox: Mailbox) -> None:
    gone = make_user(email="gone@example.edu.cn")
    mailbox.refused.add("gone@example.edu.cn")
    tell(gone, urgent=True)
    tell(user)
    assert deliver() == 1
    assert states() == ["pending", "sent"]


def test_a_dead_server_is_tried_later_and_loses_nothing(user: User, dead_mail_server: None, caplog: Any) -> None:
    tell([user, make_user(email="b@example.edu.cn")])
    assert deliver() == 0
    assert states() == ["pending", "pending"]
    assert sorted(Notice.objects.values_list("mail_attempts", flat=True)) == [0, 1]
    assert "does not answer" in caplog.text
    assert "wang@example.edu.cn" not in caplog.text


def test_a_server_that_comes_back_gets_what_waited(user: User, mailbox: Mailbox, settings: Any) -> None:
    alive, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    tell(user)
    assert deliver() == 0
    settings.EMAIL_PORT = alive
    assert deliver() == 0
    assert deliver(minutes=1) == 1


def test_eight_failures_end_it(user: User, mailbox: Mailbox) -> None:
    mailbox.refused.add("wang@example.edu.cn")
    tell(user)
    minutes = 0
    for attempt in range(1, 9):
        assert states() == ["pending"]
        deliver(minutes)
        minutes += int(delivery.wait_after(attempt).total_seconds() // 60)
    assert states() == ["failed"]
    assert Notice.objects.get().mail_attempts == 8
    mailbox.refused.clear()
    assert deliver(minutes * 2) == 0


def test_the_waits_grow_to_six_hours() -> None:
    assert [int(delivery.wait_after(n).total_seconds() // 60) for n in range(1, 9)] == [1, 3, 9, 27, 81, 243, 360, 360]


def test_a_claimed_mail_is_nobody_elses(user: User) -> None:
    tell(user)
    assert delivery._claim(at=AT, only="") is not None
    assert delivery._claim(at=AT, only="") is None


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(user: User, mailbox: Mailbox) -> None:
    tell(user)
    claimed = delivery._claim(at=AT, only="")
    assert claimed is not None
    delivery.message(claimed).send()
    assert deliver(minutes=1) == 1
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_each_mail_once(mailbox: Mailbox) -> None:
    tell([make_user(email=f"p{n}@example.edu.cn") for n in range(30)])
    side_by_side(3, deliver)
    assert len(mailbox.mails) == 30
    assert len({mail["To"] for mail in mailbox.mails}) == 30
    assert states() == ["sent"] * 30


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_no_request_waits_for_the_mail_server_and_beat_sends(
    user: User, mailbox: Mailbox, settings: Any
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    tell(user)
    assert not mailbox.mails
    current_app.tasks["kernel.deliver_notices"].apply()
    assert len(mailbox.mails) == 1


def test_what_is_too_much_for_one_turn_goes_with_the_next(
    user: User, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_AT_ONCE", 2)
    for number in range(3):
        tell(user, title=f"news {number}", params={})
    assert (deliver(), deliver(), deliver()) == (2, 1, 0)
    # The server was greeted once for each turn that had mails.
    assert (len(mailbox.mails), mailbox.goodbyes) == (3, 2)


def test_a_server_that_leaves_rudely_has_its_mails_all_the_same(user: User, mailbox: Mailbox) -> None:
    mailbox.goodbye = "221 " + "bye" * 5000
    tell(user)
    assert deliver() == 1
    assert states() == ["sent"]


def test_the_mail_of_a_discreet_notice_says_nothing_of_what(user: User, mailbox: Mailbox, settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example.edu"
    tell(user, title="Your first talk is tomorrow", params={}, link="/me/appointments/", discreet=True)
    deliver()
    notice = Notice.objects.get()
    (mail,) = mailbox.mails
    text = f"{mail['Subject']} {mail.get_content()}"
    assert f"https://portal.example.edu/n/{notice.pk}" in text
    for word in ("appointments", "talk", "counsel", "mental health", "心理", "咨询"):
        assert word not in text
