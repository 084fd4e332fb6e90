/** How far something is: between 0 and 1, or unknown. */

export function Progress({ label, value }: { label: string; value?: number | undefined }) {
  return <progress class="progress" aria-label={label} value={value} max={1} />;
}
