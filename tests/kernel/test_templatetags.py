from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Engine, Template, engines
from django.utils import translation

from kernel.charts import Chart, Kind, Series
from kernel.formatting import (
    day,
    due_tone,
    due_word,
    in_full,
    long_day,
    moment,
    month_word,
    percent,
    prose,
    share,
    within,
)
from kernel.suppression import HIDDEN
from reporting.templatetags.weather import weather_name, weather_word

# Monday noon in Shanghai; due at the last second of the 25th there.
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def render(source: str, **context: object) -> str:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    return Template(source, engine=engine).render(Context(context))


@pytest.mark.parametrize(
    ("now", "en", "zh"),
    [
        (NOON, "2 days left", "还剩 2 天"),
        (NOON + timedelta(days=1), "1 day left", "还剩 1 天"),
        (DUE - timedelta(hours=23), "due today", "今天截止"),
        (DUE, "due today", "今天截止"),
        (DUE + timedelta(seconds=1), "1 day overdue", "逾期 1 天"),
        (DUE + timedelta(days=2, hours=1), "3 days overdue", "逾期 3 天"),
    ],
)
def test_a_due_time_is_told_in_days_of_the_calendar_in_shanghai(now: datetime, en: str, zh: str, language: str) -> None:
    assert due_word(DUE, now) == (en if language == "en" else zh)


@pytest.mark.parametrize(
    ("past", "en", "zh"),
    [
        (timedelta(hours=-2), "2 hours left", "还剩 2 小时"),
        (timedelta(hours=-1, seconds=-59), "1 hour left", "还剩 1 小时"),
        (timedelta(minutes=-1), "1 minute left", "还剩 1 分钟"),
        (timedelta(seconds=20), "due now", "现在就办"),
        (timedelta(minutes=1), "1 minute overdue", "已过 1 分钟"),
        (timedelta(hours=2, minutes=50), "2 hours overdue", "已过 2 小时"),
        (timedelta(days=1), "1 day overdue", "逾期 1 天"),
    ],
)
def test_what_is_due_at_a_time_of_the_day_is_told_to_the_hour_across_midnight(
    past: timedelta, en: str, zh: str, language: str
) -> None:
    due = datetime(2026, 11, 23, 16, 54, tzinfo=UTC)
    assert due_word(due, due + past) == (en if language == "en" else zh)


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [
        (1, "within 1 minute", "1 分钟内"),
        (90, "within 90 minutes", "90 分钟内"),
        (60, "within 1 hour", "1 小时内"),
        (1440, "within 24 hours", "24 小时内"),
    ],
)
def test_a_span_is_told_in_hours_where_these_are_whole(minutes: int, en: str, zh: str, language: str) -> None:
    assert within(minutes) == (en if language == "en" else zh)


def test_nothing_due_says_nothing() -> None:
    assert due_word(None, NOON) == ""
    assert due_tone(None, NOON) == "neutral"


def test_the_tone_turns_from_neutral_to_wait_to_late() -> None:
    assert due_tone(DUE, NOON - timedelta(days=1)) == "neutral"
    assert due_tone(DUE, NOON) == "wait"
    assert due_tone(DUE, DUE) == "wait"
    assert due_tone(DUE, DUE + timedelta(seconds=1)) == "late"


def test_days_and_moments_are_written_as_people_say_them(language: str) -> None:
    said = [day(date(2026, 11, 23)), long_day(date(2026, 11, 23)), moment(DUE)]
    if language == "en":
        assert said == ["Mon 23 Nov", "Mon 23 Nov 2026", "Wed 25 Nov 23:59"]
    else:
        assert said == ["11月23日 周一", "2026年11月23日 周一", "11月25日 周三 23:59"]


def test_a_moment_after_midnight_in_shanghai_belongs_to_the_new_day(english: None) -> None:
    assert day(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == "Tue 24 Nov"
    assert day(None) == long_day(None) == moment(None) == ""


@pytest.mark.parametrize("value", ["2026-11", date(2026, 11, 5), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)])
def test_a_month_is_named(value: object, language: str) -> None:
    assert month_word(value) == ("November 2026" if language == "en" else "2026年11月")


def test_no_month_has_no_name() -> None:
    assert month_word(None) == ""


def test_the_five_weathers_have_words(language: str) -> None:
    words = [weather_word(status) for status in (1, 2, 3, 4, "5")]
    if language == "en":
        assert words == ["Clear", "Cloudy", "Overcast", "Rain", "Thunder"]
    else:
        assert words == ["晴", "多云", "阴", "雨", "雷"]
    assert weather_name(5) == "thunder"
    assert weather_word(None) == weather_name(None) == ""


@pytest.mark.parametrize(
    ("part", "whole", "word"),
    [(0, 30, "0%"), (15, 30, "50%"), (1, 3, "33.3%"), (30, 30, "100%"), (9999, 10000, "99.9%"), (1, 40000, "0.1%")],
)
def test_a_rate_is_rounded_but_never_to_a_false_whole_or_nothing(part: int, whole: int, word: str) -> None:
    assert percent(part, whole) == word


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (5, 0), (None, 3), (3, None)])
def test_without_a_whole_there_is_no_rate(part: int | None, whole: int | None, language: str) -> None:
    word = "N/A" if language == "en" else "无"
    assert percent(part, whole) == share(part, whole) == word


def test_a_share_groups_thousands(english: None) -> None:
    assert share(12400, 40000) == "12,400 of 40,000"


def test_weather_alone_is_named_for_screen_readers(english: None) -> None:
    html = render("{% weather 4 word=False %}")
    assert 'role="img" aria-label="Rain"' in html
    assert "<span>Rain</span>" in render("{% weather 4 %}")


def test_the_picker_marks_the_chosen_weather_and_names_the_person(english: None) -> None:
    html = render('{% include "ui/weather_picker.html" with name="status" value=2 who="Li Ming" %}')
    assert "How Li Ming is doing" in html
    assert html.count("checked") == 1
    assert 'value="2" checked' in html


def test_a_chart_carries_its_figures_as_a_table(english: None) -> None:
    series = [Series("<b>On time</b>", [97, None, HIDDEN], urls=["/oct", "", ""])]
    data = Chart(Kind.TREND, ["Oct", "Nov", "Dec"], series, unit="%")
    html = render('{% chart data key="trend" title="On time" %}', data=data)
    assert '<figure class="chart" id="trend">' in html
    assert '<td><a href="/oct">97%</a></td><td>–</td><td>not shown</td>' in html
    assert '<title id="chart-trend-title">On time</title>' in html
    assert "<b>" not in html
    assert "style=" not in html


def test_a_chart_in_print_has_its_legend_and_no_links(english: None) -> None:
    data = Chart(Kind.BARS, ["a", "b"], [Series("s", [5, HIDDEN], urls=["/a", "/b"])])
    html = render('{% print_chart data key="k" title="Signs" %}', data=data)
    assert "<figcaption>Signs</figcaption>" in html
    assert "</svg>not shown</span>" in html
    assert "<a " not in html


def test_times_and_days_in_full_name_their_year_and_the_rest_stays_as_it_is() -> None:
    with translation.override("zh-hans"):
        assert in_full(NOON) == "2026年11月23日 周一 12:00"
        assert in_full(NOON.date()) == "2026年11月23日 周一"
    assert [in_full(value) for value in (2, "a", None)] == [2, "a", None]


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "一。二。"), ("en", "一。 二。")])
def test_sentences_follow_each_other_as_their_language_has_it(language: str, said: str) -> None:
    with translation.override(language):
        assert prose(["一。", "二。"]) == said
