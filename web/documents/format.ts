/** Sizes as people read them. */

const UNITS = ["kB", "MB"] as const;

/** Such as `48 kB` or `1.2 MB`: of a thousand bytes, as file managers count them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const unit = bytes < 1_000_000 ? 0 : 1;
  const value = bytes / 1_000 ** (unit + 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
