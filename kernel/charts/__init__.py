"""Charts as SVG, the same for pages and for print. Pure Python; texts come in translated."""

from kernel.charts.data import Chart, Kind, Series, Value, Words, numbers, pages, present
from kernel.charts.picture import Key, Table, draw, draw_story, is_wide, legend, table
from kernel.charts.scales import Scale, count_scale, rate_scale, share_scale
from kernel.charts.svg import Style, Svg
from kernel.charts.timeline import Lane, Moment, Span, Timeline

__all__ = [
    "Chart",
    "Key",
    "Kind",
    "Lane",
    "Moment",
    "Scale",
    "Series",
    "Span",
    "Style",
    "Svg",
    "Table",
    "Timeline",
    "Value",
    "Words",
    "count_scale",
    "draw",
    "draw_story",
    "is_wide",
    "legend",
    "numbers",
    "pages",
    "present",
    "rate_scale",
    "share_scale",
    "table",
]
