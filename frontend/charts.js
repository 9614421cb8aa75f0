import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  BarChart,
  HeatmapChart,
  LineChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

const INK = "#1d2b2f";
const INK_SOFT = "#55666c";
const LINE = "#e2e9e8";
// Told apart by lightness as well as by hue.
const PALETTE = ["#0f6e68", "#3d5a98", "#8a6d3b", "#7a4f8c", "#56646f", "#2f8fb0"];
const WEATHER = { 1: "#8cc9c0", 2: "#7fa9c6", 3: "#7c8a95", 4: "#4a49b5", 5: "#6f1d77" };
const RATE = ["#3f4f6b", "#7d93a8", "#bcd3d2", "#dcefeb"];
const COUNT = ["#eef5f4", "#bcdcd7", "#6fb0a8", "#1c766f"];
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const plain = (value) => (typeof value === "number" ? value : null);
const axis = (extra) => ({
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: INK_SOFT, fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: LINE } },
  ...extra,
});

function common(data) {
  return {
    animation: !STILL,
    aria: { enabled: true, decal: { show: data.series.length > 2 && data.kind === "bar" } },
    color: PALETTE,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
    // SECURITY: html tooltips write style attributes, which the content security policy refuses.
    tooltip: {
      renderMode: "richText",
      confine: true,
      valueFormatter: (value) => (value == null ? "–" : `${value}${data.unit ?? ""}`),
    },
  };
}

// A few long names are broken into lines, rather than all but the first left out on a phone.
function names(data, width) {
  const wrapped = {
    color: INK_SOFT,
    fontSize: 12,
    interval: 0,
    overflow: "break",
    width: Math.max(40, (width - 80) / data.x.length),
  };
  return !data.across && data.x.length <= 6 ? { axisLabel: wrapped } : {};
}

function lines(data, width) {
  const bar = data.kind === "bar";
  const across = Boolean(data.across);
  const labels = axis({
    type: "category",
    data: data.x,
    splitLine: { show: false },
    inverse: across,
    ...names(data, width),
  });
  // Of persons and events there is no half.
  const minInterval = data.series.every((series) =>
    series.values.every((value) => value == null || Number.isInteger(value)),
  )
    ? 1
    : 0;
  const values = axis({
    type: "value",
    min: data.min ?? 0,
    max: data.max,
    minInterval,
    axisLabel: { color: INK_SOFT, formatter: `{value}${data.unit ?? ""}` },
  });
  return {
    ...common(data),
    grid: { left: 4, right: 20, top: data.series.length > 1 ? 44 : 16, bottom: 4, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, left: 0, itemGap: 16, textStyle: { color: INK_SOFT } },
    xAxis: across ? values : labels,
    yAxis: across ? labels : values,
    series: data.series.map((series, index) => oneSeries(data, series, index, bar)),
  };
}

function oneSeries(data, series, index, bar) {
  return {
    name: series.name,
    type: bar ? "bar" : "line",
    stack: data.stacked ? "all" : undefined,
    data: series.values.map(plain),
    barMaxWidth: 26,
    symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
    symbolSize: 7,
    lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] },
    itemStyle: series.weather ? { color: WEATHER[series.weather] } : { borderRadius: bar && !data.stacked ? 3 : 0 },
    markArea: index === 0 && data.band ? band(data.band) : undefined,
  };
}

function band([from, to]) {
  return { silent: true, itemStyle: { color: "rgba(15, 110, 104, 0.08)" }, data: [[{ yAxis: from }, { yAxis: to }]] };
}

// A low rate and a high count are the dark ends of their scales.
function isDark(value, max, rate) {
  return typeof value === "number" && (rate ? value < max * 0.45 : value > max * 0.85);
}

function heat(data) {
  const cells = data.series.flatMap((row, y) => row.values.map((value, x) => [x, y, plain(value) ?? "-"]));
  const numbers = cells.map((cell) => cell[2]).filter((value) => value !== "-");
  // `dark` says which end wants attention: a rate of reports its low end, a count or a share of worry its high end.
  const rate = data.unit === "%" && data.dark !== "high";
  // A share of worry ends at a round number of its own, so that an ordinary month does not look like the worst one.
  const top = Math.max(1, ...numbers);
  const max = rate ? 100 : data.unit === "%" ? Math.max(10, Math.ceil(top / 5) * 5) : top;
  return {
    ...common(data),
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ value: [x, y, value] }) =>
        `${data.series[y].name} ${data.x[x]}\n${value === "-" ? "–" : value + (data.unit ?? "")}`,
    },
    grid: { left: 4, right: 8, top: 4, bottom: 48, containLabel: true },
    xAxis: axis({ type: "category", data: data.x, splitLine: { show: false } }),
    yAxis: axis({
      type: "category",
      data: data.series.map((row) => row.name),
      inverse: true,
      splitLine: { show: false },
    }),
    visualMap: {
      min: 0,
      max,
      orient: "horizontal",
      left: 0,
      bottom: 0,
      itemWidth: 12,
      itemHeight: 120,
      text: [`${max}${data.unit ?? ""}`, `0${data.unit ?? ""}`],
      textStyle: { color: INK_SOFT },
      inRange: { color: rate ? RATE : COUNT },
    },
    series: [
      {
        type: "heatmap",
        data: cells.map((value) => ({ value, label: { color: isDark(value[2], max, rate) ? "#fff" : INK } })),
        label: {
          show: data.x.length <= 14,
          fontSize: 11,
          formatter: ({ value }) => (value[2] === "-" ? "–" : value[2]),
        },
        itemStyle: { borderColor: "#fff", borderWidth: 3, borderRadius: 4 },
        emphasis: { itemStyle: { borderColor: INK } },
      },
    ],
  };
}

function draw(canvas) {
  const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  canvas.classList.add("is-on");
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  const option = data.kind === "heatmap" ? heat(data) : lines(data, canvas.clientWidth);
  option.aria.label = { description: canvas.closest("figure").querySelector("figcaption").textContent.trim() };
  chart.setOption(option);
  // The figures are in the table below for those who cannot see the picture; a row's address opens it.
  chart.on("click", (event) => {
    const url = data.kind === "heatmap" ? data.series[event.value[1]].url : data.series[event.seriesIndex]?.url;
    if (url) window.location.assign(url);
  });
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

function drawAll(root) {
  for (const canvas of root.querySelectorAll("[data-chart]:not(.is-on)")) draw(canvas);
}

drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
