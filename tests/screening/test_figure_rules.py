import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.suppression import HIDDEN
from screening.rules.figures import LEVEL_FLOOR, LevelRow, Sums, large_enough, province_of


@pytest.mark.parametrize(
    ("origin", "province"),
    [("浙江省杭州市", "浙江"), (" 内蒙古自治区", "内蒙古"), ("北京", "北京"), ("Paris", ""), ("", "")],
)
def test_a_place_of_origin_is_told_by_its_province(origin: str, province: str) -> None:
    assert province_of(origin) == province


def test_a_small_group_takes_another_one_with_it_or_it_could_be_worked_out() -> None:
    assert large_enough({"F": 40, "M": 4}) == (set(), True)
    assert large_enough({"a": 40, "b": 30, "c": 3}) == ({"a"}, True)


def test_a_whole_that_is_small_is_not_shown() -> None:
    assert large_enough({"F": 4}) == (set(), False)
    assert large_enough({}) == (set(), False)


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 60), max_size=8))
def test_no_group_below_ten_is_ever_shown_nor_left_alone(sizes: dict[int, int]) -> None:
    shown, whole = large_enough(sizes)
    assert all(not 0 < sizes[one] < LEVEL_FLOOR for one in shown)
    assert not whole or len(set(sizes) - shown) != 1


def test_means_are_sums_by_papers() -> None:
    sums = Sums()
    assert sums.means(["total"]) == (None,)
    sums.add({"total": 3, "anxiety": 1.5})
    sums.add({"total": 4, "anxiety": 2.0})
    assert sums.means(["total", "anxiety"]) == (3.5, 1.75)


def test_a_share_is_told_only_where_both_figures_are() -> None:
    row = LevelRow("", (12, HIDDEN, 48), 60)
    assert [row.share(level) for level in (1, 2, 3)] == [20.0, None, 80.0]
    assert LevelRow("", (0, 0, 0), 0).share(1) is None
    assert LevelRow("", (12, 0, 0), HIDDEN).share(1) is None
