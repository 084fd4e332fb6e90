/** A chart of bars. It is decoration: the table beside it has the same figures. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../app/theme.ts";
import type { drawBars as DrawBars } from "./plot.ts";

type ChartSeries = {
  label: string;
  values: readonly number[];
  /** The class of its colour: `series-1` or `series-2`. */
  tone: 1 | 2;
};

type BarChartProps = {
  title: string;
  labels: readonly string[];
  /** Drawn over one another: the first is the sum of the others. */
  series: readonly ChartSeries[];
  /** For the axis. */
  format: (value: number) => string;
};

export function BarChart(props: BarChartProps) {
  const { title, labels, series, format } = props;
  const root = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const hovered = useSignal<number | undefined>(undefined);
  const scheme = useColorScheme();
  useEffect(() => {
    const { tone: colorOf, ...color } = colorsOf(root.current);
    const options = {
      labels,
      series: series.map(({ tone, ...rest }) => ({ ...rest, color: colorOf(tone) })),
      format,
      color,
      onHover: (index: number | undefined) => (hovered.value = index),
    };
    return drawIn(place, (drawBars, target) => drawBars(target, options));
  }, [JSON.stringify([labels, series]), scheme]);
  const index = hovered.value;
  return (
    <div class="chart" aria-hidden="true" ref={root}>
      <div class="chart-head">
        <span class="chart-title">{title}</span>
        <span class="chart-legend">
          {series.map(({ label, tone }) => (
            <span key={label} class={`series-${tone}`}>
              {label}
            </span>
          ))}
        </span>
      </div>
      <div class="chart-place" ref={place} />
      <p class="chart-readout">{index !== undefined && readoutAt(index, props)}</p>
    </div>
  );
}

function readoutAt(index: number, { labels, series, format }: BarChartProps): string {
  const values = series.map(({ label, values }) => `${label} ${format(values[index] ?? 0)}`);
  return `${labels[index] ?? ""}: ${values.join(", ")}`;
}

type Draw = (drawBars: typeof DrawBars, target: HTMLElement) => () => void;

/** Loads what draws, and draws. Returns what removes it, also where it has not arrived by then. */
function drawIn(place: { current: HTMLElement | null }, draw: Draw): () => void {
  const drawn: { isWanted: boolean; remove?: () => void } = { isWanted: true };
  const run = async () => {
    const { drawBars } = await import("./plot.ts");
    if (drawn.isWanted && place.current) drawn.remove = draw(drawBars, place.current);
  };
  // Without it the table is there all the same.
  run().catch(() => undefined);
  return () => {
    drawn.isWanted = false;
    drawn.remove?.();
  };
}

/** The colours of the style sheet as a canvas takes them. */
function colorsOf(root: HTMLElement | null) {
  return {
    text: styleOf(root)?.color ?? "currentcolor",
    line: styleOf(root)?.borderTopColor ?? "currentcolor",
    tone: (tone: 1 | 2) =>
      styleOf(root?.querySelector(`.series-${tone}`))?.borderTopColor ?? "currentcolor",
  };
}

/** Changes with the colours that are shown, which a canvas does not follow by itself. */
function useColorScheme(): string {
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    // In the next frame, when the styles have changed.
    const onChange = () => requestAnimationFrame(() => setDark(dark.matches));
    dark.addEventListener("change", onChange);
    return () => dark.removeEventListener("change", onChange);
  }, []);
  return `${theme.value} ${isDark}`;
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function styleOf(found: Element | null | undefined): CSSStyleDeclaration | undefined {
  return found ? getComputedStyle(found) : undefined;
}
