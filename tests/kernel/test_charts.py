from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import charts

counts = st.integers(min_value=0, max_value=10**6)


def test_the_largest_bar_takes_the_whole_room() -> None:
    drawn = charts.bars([("a", 50, "50"), ("b", 25, "25"), ("c", 0, "0")])
    widths = [row.width for row in drawn.rows]
    assert widths[0] == drawn.end - drawn.start
    assert widths[1] == pytest.approx((drawn.end - drawn.start) / 2)
    assert widths[2] == 0


def test_bars_of_nothing_and_hidden_bars_are_drawn_without_a_length() -> None:
    assert charts.bars([]).height == charts.ROW
    assert [row.width for row in charts.bars([("a", None, "*"), ("b", 0, "0")]).rows] == [None, 0]


def test_a_share_is_measured_against_the_whole() -> None:
    drawn = charts.bars([("a", Fraction(1, 2), "50%")], full=Fraction(1))
    assert drawn.rows[0].width == pytest.approx((drawn.end - drawn.start) / 2)


@given(st.lists(counts, min_size=1, max_size=6))
def test_the_pieces_of_a_stack_fill_it_and_follow_each_other(numbers: list[int]) -> None:
    drawn = charts.stack([("month", [(str(index), number) for index, number in enumerate(numbers)])])
    pieces = drawn.rows[0].pieces
    assert len(pieces) == sum(1 for number in numbers if number)
    if pieces:
        assert pieces[0].x == 0
        assert pieces[-1].x + pieces[-1].width == pytest.approx(charts.WIDTH, abs=0.2)


def test_a_narrow_piece_bears_no_number() -> None:
    wide, narrow = charts.stack([("month", [("clear", 2577), ("rain", 1)])]).rows[0].pieces
    assert (wide.word, narrow.word) == ("2,577", "")


def test_a_month_without_a_figure_leaves_a_gap_in_the_line() -> None:
    months = [("1", Fraction(1, 2), "50%"), ("2", None, "*"), ("3", Fraction(1), "100%"), ("4", Fraction(0), "0%")]
    drawn = charts.trend(months, full=Fraction(1))
    assert [len(segment.split()) for segment in drawn.segments] == [1, 2]
    assert drawn.points[1].y is None
    assert drawn.points[2].y == charts.TREND_TOP
    assert drawn.points[3].y == drawn.bottom
    assert [word for _y, word in drawn.grid] == ["0%", "25%", "50%", "75%", "100%"]


def test_a_single_month_is_a_point() -> None:
    assert len(charts.trend([("1", Fraction(1, 3), "33.3%")], full=Fraction(2, 5)).points) == 1


@pytest.mark.parametrize(
    ("largest", "top"),
    [(None, "1/25"), ("1/30", "1/25"), ("1/25", "1/25"), ("11/100", "1/5"), ("1/3", "2/5"), ("1", "1")],
)
def test_the_scale_ends_just_above_the_largest_share(largest: str | None, top: str) -> None:
    assert charts.ceiling([None if largest is None else Fraction(largest)]) == Fraction(top)


def test_a_long_label_is_cut_where_its_room_ends() -> None:
    assert charts.cut("文学与新闻传播学院") == "文学与新闻传播学院"
    assert charts.cut("马克思主义理论与思想政治教育学院") == "马克思主义理论与思想政治教育…"
    assert charts.cut("Told the class committee member!!") == "Told the class committee memb…"
