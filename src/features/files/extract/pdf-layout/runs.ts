/** Runs of characters on a page, in a coordinate system that is rotated to their text direction. */
import type { RegionKind } from "../../../../lib/text-regions.ts";

/** A run of characters as pdf.js returns it, in page units. */
export type PaintedRun = {
  str: string;
  transform: number[];
  width: number;
  height: number;
  region?: RegionKind;
};

/** A run of characters without white space around it. Lengths are in page units. */
export type Run = {
  text: string;
  /** Along the base line, in the text direction. */
  left: number;
  right: number;
  /** The height of the base line; it grows upwards. */
  base: number;
  size: number;
  /** The index in painting order. */
  order: number;
  isBlankBefore: boolean;
  isBlankAfter: boolean;
  region: RegionKind | undefined;
};

/** Runs of one text direction. */
type RunGroup = {
  /** Counterclockwise, in degrees; 0 for upright text. */
  angle: number;
  runs: Run[];
};

type Laid = { run: PaintedRun; angle: number; order: number; size: number; isBlankBefore: boolean };

/**
 * The largest angle between base lines of one direction, in degrees: scans are never quite
 * straight.
 */
const SAME_DIRECTION = 10;
/** Text that is repeated within this distance, in font sizes, renders bold type or a shadow. */
const DOUBLED = 0.25;

/**
 * Groups the runs of a page by direction, the one with the most letters first. Text painted twice
 * at one position is kept once.
 */
export function groupRuns(painted: readonly PaintedRun[]): RunGroup[] {
  const groups = new Map<number, Laid[]>();
  let isBlankBefore = false;
  for (const [order, run] of painted.entries()) {
    if (run.str.trim() === "") {
      isBlankBefore ||= run.str !== "";
      continue;
    }
    const laid = { run, order, size: sizeOf(run), angle: angleOf(run), isBlankBefore };
    const key = directionOf(laid.angle);
    const group = groups.get(key);
    if (group) group.push(laid);
    else groups.set(key, [laid]);
    isBlankBefore = false;
  }
  return Array.from(groups.values(), (laid) => ({ laid, letters: lettersOf(laid) }))
    .toSorted((one, other) => other.letters - one.letters)
    .map(({ laid }) => straighten(laid));
}

function lettersOf(laid: Laid[]): number {
  return laid.reduce((sum, { run }) => sum + run.str.length, 0);
}

function sizeOf({ transform: [, , c = 0, d = 0] }: PaintedRun): number {
  return Math.max(finite(Math.hypot(c, d)), 0.1);
}

/**
 * Returns the text direction in degrees. Letters of a vertical script are upright and run
 * downwards.
 */
function angleOf(run: PaintedRun): number {
  const [a = 1, b = 0] = run.transform;
  const degrees = (finite(Math.atan2(b, a)) * 180) / Math.PI;
  return isVertical(run) ? degrees - 90 : degrees;
}

function isVertical(run: PaintedRun): boolean {
  const size = sizeOf(run);
  return run.height > 1.5 * size && run.width < 1.5 * size && run.str.length > 1;
}

function directionOf(angle: number): number {
  const right = Math.round(angle / 90) * 90;
  const near = Math.abs(angle - right) <= SAME_DIRECTION ? right : Math.round(angle / 15) * 15;
  return ((near % 360) + 360) % 360;
}

/** Rotates a group by its mean angle to make its base lines horizontal. */
function straighten(laid: Laid[]): RunGroup {
  const angle = meanAngle(laid);
  const [sine, cosine] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
  const once = new PaintedOnce();
  for (const { run, order, size, isBlankBefore } of laid) {
    const [x, y] = [finite(run.transform[4]), finite(run.transform[5])];
    const left = x * cosine + y * sine;
    once.add({
      text: run.str.trim(),
      left,
      right: left + Math.abs(finite(isVertical(run) ? run.height : run.width)),
      base: y * cosine - x * sine,
      size,
      order,
      isBlankBefore: isBlankBefore || run.str.trimStart() !== run.str,
      isBlankAfter: run.str.trimEnd() !== run.str,
      region: run.region,
    });
  }
  return { angle, runs: withoutDoubledLetters(once.runs) };
}

/** Narrow letters that are painted twice: pdf.js returns both in one run. */
const NARROW_TWICE = /([iljtfrI1.,;:'|!])\1/g;

/**
 * Removes a letter at the start of a run that repeats the last letter of the run before at one
 * position.
 */
function withoutDoubledLetters(runs: readonly Run[]): Run[] {
  const once: Run[] = [];
  for (const run of runs) {
    const last = once.at(-1);
    if (!last || !repeatsLetter(last, run)) {
      once.push(run);
      continue;
    }
    const text = run.text.slice(1).replace(NARROW_TWICE, "$1");
    const isBlankBefore = text.trimStart() !== text;
    if (text === "") last.right = Math.max(last.right, run.right);
    else
      once.push({
        ...run,
        text: text.trimStart(),
        left: leftOfRest(run, text.trimStart()),
        isBlankBefore,
      });
  }
  return once;
}

/** Estimates where the last letters of a run begin. */
const leftOfRest = ({ left, right, text }: Run, rest: string): number =>
  right - ((right - left) * rest.length) / text.length;

function repeatsLetter(last: Run, run: Run): boolean {
  const overlap = last.right - run.left;
  return (
    run.text.charAt(0) === last.text.at(-1) &&
    Math.abs(run.base - last.base) <= DOUBLED * run.size &&
    Math.abs(run.size - last.size) < 0.1 * run.size &&
    overlap > 0.15 * run.size &&
    overlap < 1.1 * run.size &&
    run.left - last.left >= -DOUBLED * run.size &&
    (last.text.length > 1 || run.left - last.left <= DOUBLED * run.size)
  );
}

/** Weights angles by text length, and treats angles on both sides of 180 degrees as close. */
function meanAngle(laid: Laid[]): number {
  const first = laid[0]?.angle ?? 0;
  let [sum, letters] = [0, 0];
  for (const { angle, run } of laid) {
    const difference = ((((angle - first + 180) % 360) + 360) % 360) - 180;
    sum += difference * run.str.length;
    letters += run.str.length;
  }
  const mean = first + sum / Math.max(letters, 1);
  return Math.abs(mean - Math.round(mean)) < 0.01 ? Math.round(mean) : mean;
}

/** Drops text that is repeated with a small offset to render bold type or a shadow. */
class PaintedOnce {
  readonly runs: Run[] = [];
  /** By text, then by the grid cell in which it begins. */
  readonly #seen = new Map<string, Map<number, Run>>();

  add(run: Run): void {
    const same = this.#seen.get(run.text) ?? new Map<number, Run>();
    if (same.size === 0) this.#seen.set(run.text, same);
    const cell = 2 * run.size * DOUBLED;
    const [across, up] = [Math.floor(run.left / cell), Math.floor(run.base / cell)];
    const before = findDoubled(same, run, [across, up]);
    if (before) {
      before.region ??= run.region;
      return;
    }
    same.set(cellOf(across, up), run);
    this.runs.push(run);
  }
}

function findDoubled(
  same: Map<number, Run>,
  run: Run,
  [across, up]: [number, number],
): Run | undefined {
  for (let step = 0; step < 9; step++) {
    const other = same.get(cellOf(across + (step % 3) - 1, up + Math.floor(step / 3) - 1));
    if (other && isDoubled(other, run)) return other;
  }
  return undefined;
}

const cellOf = (across: number, up: number): number => across * 0x40_0000 + up;

/** True for a repeated run. Adjacent narrow letters are not repetitions. */
function isDoubled(one: Run, other: Run): boolean {
  const aside = Math.min(DOUBLED * one.size, 0.4 * (one.right - one.left));
  return (
    Math.abs(one.size - other.size) < 0.1 * one.size &&
    Math.abs(one.left - other.left) <= aside &&
    Math.abs(one.base - other.base) <= DOUBLED * one.size
  );
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
