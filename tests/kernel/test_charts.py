import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import charts
from kernel.charts import Chart, Kind, Lane, Moment, Series, Span, Style, Timeline, Value, Words
from kernel.charts.labels import letters, wrap
from kernel.charts.svg import COLOURS, DARK, PRINT_FONT
from kernel.suppression import HIDDEN
from tests.services import ROOT

WORDS = Words(not_shown="not shown", missing="–", see_table="See the table.")
PAGE = Style("key", WORDS)
PRINT = Style("key", WORDS, prints=True)
HATCH = "url(#key-hatch)"
values = st.one_of(
    st.none(), st.just(HIDDEN), st.integers(0, 10**6), st.floats(0, 100, allow_nan=False).map(lambda n: round(n, 1))
)


def chart(kind: Kind, *rows: Sequence[Value], unit: str = "", **more: object) -> Chart:
    labels = [f"label {index}" for index in range(len(rows[0]))]
    series = [Series(f"series {number}", row) for number, row in enumerate(rows)]
    return Chart(kind, labels, series, unit=unit, **more)  # type: ignore[arg-type]


def drawn(data: Chart, style: Style = PAGE) -> ElementTree.Element:
    """The picture as a tree, so that it is well-formed as well."""
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", charts.draw(data, title="Title", style=style)))


def hovers(tree: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in tree.iter("title")][1:]


def marked(tree: ElementTree.Element, hover: str) -> ElementTree.Element:
    """The part of the picture with that hover text."""
    return next(part for part in tree.iter() if part.findtext("title") == hover)


def length(tree: ElementTree.Element, hover: str) -> float:
    rect = marked(tree, hover).find("rect")
    assert rect is not None
    return float(rect.attrib["width"].rstrip("%"))


@given(st.sampled_from(Kind), st.lists(st.lists(values, min_size=4, max_size=4), min_size=1, max_size=5), st.booleans())
def test_any_values_make_a_picture_without_a_style_or_a_script(
    kind: Kind, rows: list[list[Value]], whole: bool
) -> None:
    data = chart(kind, *rows, whole=whole)
    for style in (PAGE, PRINT):
        tree = drawn(data, style)
        assert not [part for part in tree.iter() if "style" in part.attrib or part.tag in {"script", "style"}]
        assert not [name for part in tree.iter() for name in part.attrib if name.startswith("on")]
        lengths = [float(part.attrib["width"].rstrip("%")) for part in tree.iter("rect")]
        assert all(0 <= one <= 100.1 for one in lengths)


def test_a_name_is_text_and_never_markup() -> None:
    data = Chart(Kind.BARS, ['<b onload="x">'], [Series("s", [1], urls=['/?a="><script>'])])
    source = charts.draw(data, title="<i>", style=PAGE)
    assert "<b" not in source
    assert "<i>" not in source
    assert "<script" not in source


def test_a_picture_on_a_page_takes_the_colours_of_the_page_and_one_in_print_its_own() -> None:
    data = chart(Kind.BARS, [1, 2])
    assert 'fill="var(--chart-1)"' in charts.draw(data, title="", style=PAGE)
    printed = charts.draw(data, title="", style=PRINT)
    assert "var(" not in printed
    assert PRINT_FONT in printed


def test_each_colour_of_a_page_is_defined_in_the_style_sheets() -> None:
    sheets = "".join(path.read_text() for path in (Path(ROOT) / "frontend" / "css").glob("*.css"))
    assert not [variable for variable, _printed in COLOURS.values() if f"{variable}:" not in sheets]
    for variable, printed in COLOURS.values():
        if variable.startswith("--chart"):
            assert f"{variable}: {printed};" in sheets


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", [name for name in COLOURS if name[-1].isdigit()])
def test_letters_can_be_read_on_each_colour(name: str) -> None:
    letters_colour = COLOURS["ground" if name in DARK else "ink"][1]
    assert contrast(COLOURS[name][1], letters_colour) >= 4.5


@pytest.mark.parametrize("number", range(1, 7))
def test_each_series_can_be_seen_and_neighbours_differ_in_lightness(number: int) -> None:
    colour, following = (COLOURS[f"series-{one}"][1] for one in (number, number % 6 + 1))
    assert contrast(colour, "#ffffff") >= 3
    assert contrast(colour, following) >= 1.5


def test_a_picture_says_what_it_shows() -> None:
    tree = drawn(chart(Kind.BARS, [3, HIDDEN, None]))
    assert tree.attrib["role"] == "img"
    assert tree.findtext("title") == "Title"
    assert tree.findtext("desc") == "label 0 3; label 1 not shown; label 2 –"
    assert tree.attrib["aria-labelledby"] == "key-title"


def test_many_figures_are_told_by_the_table() -> None:
    assert drawn(chart(Kind.HEATMAP, *[[1, 2, 3]] * 9)).findtext("desc") == "See the table."


def test_the_longest_bar_takes_the_whole_room() -> None:
    tree = drawn(chart(Kind.BARS, [50, 25, 0]))
    assert length(tree, "label 0: 50") == 50
    assert length(tree, "label 1: 25") == 25
    assert length(tree, "label 2: 0") == 0


def test_hidden_bars_are_hatched_and_of_one_length_and_missing_ones_are_not_drawn() -> None:
    small, large = (drawn(chart(Kind.BARS, [HIDDEN, None, largest])) for largest in (5, 5000))
    assert length(small, "label 0: not shown") == length(large, "label 0: not shown") > 0
    rect = marked(small, "label 0: not shown").find("rect")
    assert rect is not None
    assert rect.attrib["fill"] == HATCH
    assert marked(small, "label 1: –").find("rect") is None


def test_the_pieces_of_a_whole_bar_fill_it_and_the_hidden_rest_is_hatched() -> None:
    data = chart(Kind.STACK, [60, 10], [HIDDEN, 10], [HIDDEN, 20], whole=True, totals=[100, 40])
    tree = drawn(data)
    full = length(tree, "label 0, series 0: 60") / 0.6
    assert length(tree, "label 0: not shown") == pytest.approx(full * 0.4, abs=0.05)
    assert length(tree, "label 1, series 2: 20") == pytest.approx(full / 2, abs=0.05)


def test_where_the_total_is_hidden_too_no_length_tells_the_rest() -> None:
    tree = drawn(chart(Kind.STACK, [5, 50], [HIDDEN, 50], totals=[HIDDEN, 100]))
    assert length(tree, "label 0: not shown") == 12
    assert [text.text for text in tree.iter("text") if text.text and not text.text.startswith("label")] == [
        "not shown",
        "50",
        "50",
        "100",
    ]
    whole = drawn(chart(Kind.STACK, [7], [HIDDEN], totals=[HIDDEN], whole=True))
    assert hovers(whole) == ["label 0: not shown"]


def test_a_narrow_piece_bears_no_number() -> None:
    tree = drawn(chart(Kind.STACK, [2577], [1], whole=True))
    assert marked(tree, "label 0, series 0: 2,577").findtext("text") == "2,577"
    assert marked(tree, "label 0, series 1: 1").find("text") is None


def test_dots_stand_on_a_scale_that_shows_how_they_differ() -> None:
    data = chart(Kind.DOTS, [82.5, 97.5], unit="%", scale=charts.rate_scale([82.5, 97.5]))
    tree = drawn(data)
    words = [text.text for text in tree.iter("text")]
    assert words[:5] == ["80%", "85%", "90%", "95%", "100%"]
    places = [float(dot.attrib["cx"].rstrip("%")) for dot in tree.iter("circle")]
    assert places[1] - places[0] == pytest.approx(0.75 * (86 - 36), abs=0.05)


def test_a_month_without_a_figure_leaves_a_gap_and_a_hidden_one_is_hatched() -> None:
    tree = drawn(chart(Kind.TREND, [10, None, 12.5, 20, HIDDEN, 11], unit="%"))
    dots = list(tree.iter("circle"))
    assert len(dots) == 4
    assert hovers(tree) == [
        "label 4: not shown",
        "label 0, series 0: 10%",
        "label 2, series 0: 12.5%",
        "label 3, series 0: 20%",
        "label 5, series 0: 11%",
    ]
    assert len([line for line in tree.iter("line") if line.attrib["stroke"] == "var(--chart-1)"]) == 1
    rect = marked(tree, "label 4: not shown").find("rect")
    assert rect is not None
    assert rect.attrib["fill"] == HATCH


def test_a_target_is_a_band_behind_the_line() -> None:
    data = chart(Kind.TREND, [96, 97], unit="%", scale=charts.rate_scale([96]), band=(95, 100))
    band = next(part for part in drawn(data).iter("rect") if part.attrib["fill"] == "var(--accent-soft)")
    assert float(band.attrib["height"]) == pytest.approx((180 - 22) / 4)


def test_lines_differ_by_shape_as_well_as_by_colour() -> None:
    tree = drawn(chart(Kind.TREND, [1, 2], [3, 4], [5, 6]))
    lines = [line.attrib for line in tree.iter("line") if line.attrib["stroke"].startswith("var(--chart")]
    assert len({(line.get("stroke-dasharray"), line["stroke"]) for line in lines}) == 3
    assert len({line.get("stroke-dasharray") for line in lines}) == 3


def test_a_cell_is_the_darker_the_more_it_wants_attention() -> None:
    shares = [3.1, 17.5, HIDDEN, None]
    tree = drawn(chart(Kind.HEATMAP, shares, unit="%", scale=charts.share_scale([3.1, 17.5])))
    fills = [rect.attrib["fill"] for rect in tree.iter("rect") if rect.attrib["height"] == "34"]
    assert fills == ["var(--chart-heat-1)", "var(--chart-heat-4)", HATCH]
    rates = drawn(chart(Kind.HEATMAP, [81, 99], unit="%", scale=charts.rate_scale([81, 99]), dark="low"))
    assert [rect.attrib["fill"] for rect in rates.iter("rect")] == ["var(--chart-rate-1)", "var(--chart-rate-4)"]


def test_cells_open_their_own_rows_on_a_page_and_nothing_in_print() -> None:
    urls = ["/?month=2026-09", "/?month=2026-10"]
    data = Chart(Kind.HEATMAP, ["September", "October"], [Series("College", [5, 7], urls=urls, url="/college")])
    tree = drawn(data)
    assert tree.attrib["role"] == "group"
    assert marked(tree, "College, September: 5").attrib["href"] == "/?month=2026-09"
    assert marked(tree, "College").attrib["href"] == "/college"
    assert not list(drawn(data, PRINT).iter("a"))
    assert [[cell.url for cell in row] for row in charts.table(data, WORDS).rows] == [["/college", *urls]]


def test_the_table_says_what_the_picture_says() -> None:
    found = charts.table(chart(Kind.STACK, [1, HIDDEN], [None, 2.5], unit="%"), WORDS)
    assert found.head == ["series 0", "series 1"]
    assert [[cell.word for cell in row] for row in found.rows] == [
        ["label 0", "1%", "–"],
        ["label 1", "not shown", "2.5%"],
    ]
    across = charts.table(chart(Kind.TREND, [1, 2]), WORDS)
    assert across.head == ["label 0", "label 1"]


def test_the_legend_names_the_series_the_steps_and_what_is_not_shown() -> None:
    assert charts.legend(chart(Kind.BARS, [1]), PAGE) == []
    assert [key.word for key in charts.legend(chart(Kind.STACK, [1], [HIDDEN]), PAGE)] == [
        "series 0",
        "series 1",
        "not shown",
    ]
    shares = chart(Kind.HEATMAP, [3], unit="%", scale=charts.share_scale([3]))
    assert [key.word for key in charts.legend(shares, PAGE)] == ["0–1%", "1–2%", "2–3%", "3–4%"]
    assert [key.word for key in charts.legend(chart(Kind.HEATMAP, [0, 1]), PAGE)] == ["0", "1"]
    assert [key.word for key in charts.legend(chart(Kind.HEATMAP, [8]), PAGE)] == ["0–4", "5–9"]


def test_ids_stand_once_though_a_legend_has_a_hatched_mark() -> None:
    data = chart(Kind.BARS, [1, HIDDEN])
    source = charts.draw(data, title="", style=PAGE) + "".join(key.mark for key in charts.legend(data, PAGE))
    ids = re.findall(r' id="([^"]+)"', source)
    assert len(ids) == len(set(ids)) == 4


def test_a_chart_in_several_pages_keeps_all_its_rows_and_its_scale() -> None:
    rates = [float(80 + number % 20) for number in range(60)]
    data = chart(Kind.DOTS, rates, unit="%", scale=charts.rate_scale(rates))
    parts = charts.pages(data, size=26)
    assert [len(part.labels) for part in parts] == [26, 26, 8]
    assert [value for part in parts for value in part.values] == rates
    assert {part.scale for part in parts} == {data.scale}


@pytest.mark.parametrize(
    ("rates", "low"), [([], 80), ([95.5, 100], 80), ([80], 80), ([79.9, 99], 60), ([12], 0), ([0], 0)]
)
def test_the_scale_of_rates_begins_just_below_the_lowest(rates: list[float], low: float) -> None:
    scale = charts.rate_scale(rates)
    assert (scale.low, scale.high) == (low, 100)


@pytest.mark.parametrize(("largest", "high"), [(0, 4), (3.3, 4), (4, 4), (11, 20), (33.3, 40), (100, 100)])
def test_the_scale_of_shares_ends_just_above_the_largest(largest: float, high: float) -> None:
    assert charts.share_scale([largest]).high == high


@given(st.lists(st.integers(0, 10**7)))
def test_the_scale_of_counts_begins_at_zero_and_has_few_whole_ticks(counts: list[int]) -> None:
    scale = charts.count_scale(counts)
    assert scale.ticks[0] == scale.low == 0
    assert scale.high >= max(counts, default=0)
    assert 2 <= len(scale.ticks) <= 5
    assert all(float(tick).is_integer() for tick in scale.ticks)
    assert len({Fraction(after) - Fraction(before) for before, after in pairwise(scale.ticks)}) == 1


def test_the_scale_of_means_has_ticks_between_whole_numbers() -> None:
    assert charts.count_scale([1.43]).ticks == (0, 0.5, 1, 1.5)


def test_labels_without_a_figure_are_left_out() -> None:
    assert charts.present(["a", "b", "c"], [[None, HIDDEN, None], [None, None, 0]]) == [1, 2]


@given(st.text(st.sampled_from("abc 学院"), min_size=1, max_size=60))
def test_a_label_takes_two_lines_at_most_and_each_fits(label: str) -> None:
    lines = wrap(label)
    assert len(lines) <= 2
    assert all(letters(line) <= 16 for line in lines)


def test_a_long_label_breaks_between_words_or_chinese_characters() -> None:
    assert wrap("文学与传媒学院") == ["文学与传媒学院"]
    assert wrap("文学与新闻传播学院") == ["文学与新闻传播学", "院"]
    assert wrap("Told the class committee member") == ["Told the class", "committee member"]
    assert wrap("马克思主义理论与思想政治教育学院分院")[1].endswith("…")


def test_labels_of_columns_are_thinned_out_and_the_latest_one_stays() -> None:
    tree = drawn(chart(Kind.TREND, list(range(12))))
    words = [text.text or "" for text in tree.iter("text")]
    assert "11" in "".join(words[-3:])
    assert len([word for word in words if word.startswith("label")]) <= 7


def timeline(*moments: Moment) -> Timeline:
    """Ten days: two of red, then eight of yellow."""
    first = datetime(2026, 11, 1, tzinfo=UTC)
    days = [first, first + timedelta(days=2), first + timedelta(days=10)]
    return Timeline(
        start=days[0],
        end=days[2],
        lanes=[Lane("Red", "level-3", "level-3-edge"), Lane("Yellow", "level-1", "level-1-edge")],
        spans=[Span(0, days[0], days[1], "1–3 Nov"), Span(1, days[1], days[2], "3–11 Nov")],
        moments=moments,
        ticks=[(days[0], "1 Nov\n2026"), (days[2], "11 Nov")],
        events="Events",
    )


def story(line: Timeline, style: Style = PAGE) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", charts.draw_story(line, title="Case", style=style)))


def test_a_state_takes_the_share_of_the_time_that_it_lasted_in_a_lane_of_its_own() -> None:
    tree = story(timeline())
    assert length(tree, "Yellow: 3–11 Nov") == pytest.approx(4 * length(tree, "Red: 1–3 Nov"), abs=0.05)
    tops = {rect.attrib["y"] for rect in tree.iter("rect")}
    assert len(tops) == 2
    assert tree.findtext("desc") == "Red: 1–3 Nov; Yellow: 3–11 Nov"


def test_an_event_is_a_dot_that_opens_its_page_but_not_in_print() -> None:
    line = timeline(Moment(datetime(2026, 11, 6, tzinfo=UTC), "Talk", "/talks/1/"))
    tree = story(line)
    assert tree.attrib["role"] == "group"
    assert marked(tree, "Talk").attrib["href"] == "/talks/1/"
    dot = marked(tree, "Talk").find("circle")
    assert dot is not None
    assert float(dot.attrib["cx"].rstrip("%")) == pytest.approx((22 + 90) / 2, abs=0.1)
    assert not list(story(line, PRINT).iter("a"))


def test_a_case_that_has_only_begun_is_drawn_all_the_same() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    tree = story(
        Timeline(
            now,
            now,
            [Lane("Red", "level-3", "level-3-edge")],
            [Span(0, now, now, "now")],
            [],
            [(now, "1 Nov")],
            "Events",
        )
    )
    assert length(tree, "Red: now") > 0
