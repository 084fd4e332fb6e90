/** What only screen readers need to be told. */
import { signal } from "@preact/signals";

type Announcement = { id: number; text: string };

/** By then it is said; whoever reads the page line by line does not meet it. */
const KEPT_MS = 10_000;

const announced = signal<readonly Announcement[]>([]);
let count = 0;

/** Has a screen reader say it at its next pause, also where it has just said the same. */
export function announce(text: string): void {
  const added = { id: ++count, text };
  announced.value = [...announced.peek(), added];
  setTimeout(() => {
    announced.value = announced.peek().filter((one) => one !== added);
  }, KEPT_MS);
}

/** The region that screen readers listen to: they say what is added to it. */
export function LiveRegion() {
  return (
    <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="false">
      {announced.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
