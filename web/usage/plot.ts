/** Draws bars with uPlot, which is loaded with the first chart. It styles itself by CSSOM, as the policy allows. */
import UPlot from "uplot";

export type Series = {
  label: string;
  values: readonly number[];
  /** A resolved CSS colour. */
  color: string;
};

export type BarsOptions = {
  labels: readonly string[];
  /** Drawn over one another, the first at the bottom. */
  series: readonly Series[];
  format: (value: number) => string;
  color: { text: string; line: string };
  /** Called with the index under the pointer. */
  onHover: (index: number | undefined) => void;
};

const HEIGHT = 220;
const AXIS_WIDTH = 72;
const LABEL_SPACE = 64;

/** Draws into an element, as wide as it is. Returns what removes the chart. */
export function drawBars(target: HTMLElement, options: BarsOptions): () => void {
  const { labels, series } = options;
  const data: UPlot.AlignedData = [
    labels.map((_, index) => index),
    ...series.map(({ values }) => [...values]),
  ];
  const chart = new UPlot(optionsOf(target.clientWidth, options), data, target);
  const watch = new ResizeObserver(() =>
    chart.setSize({ width: target.clientWidth, height: HEIGHT }),
  );
  watch.observe(target);
  return () => {
    watch.disconnect();
    chart.destroy();
  };
}

function optionsOf(width: number, { labels, series, format, color, onHover }: BarsOptions) {
  const bars = UPlot.paths.bars?.({ size: [0.7, 36], radius: 0.15 });
  const line = { stroke: color.line, width: 1 };
  const axis = { stroke: color.text, grid: line, ticks: line };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: [-0.6, Math.max(labels.length - 0.4, 0.6)] },
      y: { range: (_: UPlot, __: number, max: number) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: LABEL_SPACE,
        incrs: [1, 2, 7, 14, 30, 60, 90, 180, 365],
        values: (_: UPlot, splits: number[]) => splits.map((index) => labels[index] ?? ""),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        values: (_: UPlot, splits: number[]) => splits.map((value) => format(value)),
      },
    ],
    series: [
      {},
      ...series.map(({ label, color }) => ({
        label,
        fill: color,
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
    hooks: { setCursor: [({ cursor }: UPlot) => onHover(cursor.idx ?? undefined)] },
  } satisfies UPlot.Options;
}
