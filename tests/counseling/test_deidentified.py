"""Texts for conferences: what refuses them, what warns. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counseling.rules.deidentified import Roster, Trace, look

ROSTER = Roster(
    names=frozenset({"张晓雨", "王芳", "Ann", "买买提·艾力", "李"}),
    numbers=frozenset({"20260001", "A12"}),
    classes=frozenset({"计科2601班"}),
    rooms=frozenset({"东6栋-101"}),
    colleges=frozenset({"信息学院"}),
)


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("来访者张晓雨近来失眠", Trace.NAME),
        ("来访者张 晓 雨近来失眠", Trace.NAME),
        ("来访者张\u200b晓雨近来失眠", Trace.NAME),
        ("来访者张·晓·雨近来失眠", Trace.NAME),
        ("室友买买提艾力", Trace.NAME),
        ("Her friend Ann said so", Trace.NAME),
        ("学号20260001", Trace.NUMBER),
        ("学号２０２６０００１", Trace.NUMBER),
        ("学号 2026-0001", Trace.NUMBER),
        ("编号A12", Trace.NUMBER),
        ("电话 138 0000 0000", Trace.PHONE),
        ("邮箱 a.b@example.edu.cn", Trace.PHONE),
        ("身份证 11010120080101123X", Trace.NUMBER),
        ("计科2601班的同学", Trace.CLASS),
        ("计科 ２６０１ 班的同学", Trace.CLASS),
        ("住东6栋101", Trace.ROOM),
        ("信息学院大一", Trace.COLLEGE),
    ],
)
def test_what_betrays_somebody_refuses_the_text(text: str, trace: Trace) -> None:
    assert trace in {found for found, _word in look(text, ROSTER).refused}, look(text, ROSTER)


@pytest.mark.parametrize(
    "text", ["来访者女，大一，近来失眠，与室友相处紧张", "She is planning to go home", "桃李满天下", ""]
)
def test_a_text_without_names_passes(text: str) -> None:
    assert look(text, ROSTER).refused == []


def test_dates_places_and_ages_warn_and_do_not_refuse() -> None:
    findings = look("2026年10月3日在人民医院，19岁，周三晚上去操场", ROSTER)
    assert findings.refused == []
    assert {trace for trace, _word in findings.warned} == {Trace.DATE, Trace.PLACE, Trace.AGE}


@given(st.text(max_size=60), st.sampled_from(sorted({"张晓雨", "王芳", "信息学院"})), st.text(max_size=60))
def test_a_name_is_found_wherever_it_stands(before: str, name: str, after: str) -> None:
    words = [word for _trace, word in look(before + name + after, ROSTER).refused]
    assert name in words or any(letter >= "\u0300" for letter in after[:1])
