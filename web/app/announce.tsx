/** What only screen readers need to be told. */
import { signal } from "@preact/signals";

const announced = signal("");

/** Has a screen reader say it at its next pause. */
export function announce(text: string): void {
  announced.value = text;
}

/** The region that screen readers listen to. */
export function LiveRegion() {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {announced}
    </div>
  );
}
