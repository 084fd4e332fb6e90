/** Short messages about what has happened, read out by screen readers. */
import { signal } from "@preact/signals";
import { Button } from "../ui/button.tsx";

type Toast = {
  id: number;
  text: string;
  kind: "info" | "error";
  action?: { label: string; run: () => void };
};

const SHOWN_MS = 6_000;

const toasts = signal<Toast[]>([]);
let lastId = 0;

/** Shows a message for a while; an error stays until it is closed. */
export function toast(text: string, options: Partial<Omit<Toast, "id" | "text">> = {}): void {
  const id = ++lastId;
  const kind = options.kind ?? "info";
  toasts.value = [...toasts.value.slice(-2), { id, text, ...options, kind }];
  if (kind === "info") setTimeout(() => close(id), SHOWN_MS);
}

function close(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** Where the messages appear. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite" aria-atomic="false">
      {toasts.value.map((one) => (
        <ToastLine key={one.id} toast={one} />
      ))}
    </div>
  );
}

function ToastLine({ toast: { id, text, kind, action } }: { toast: Toast }) {
  const run = () => {
    action?.run();
    close(id);
  };
  return (
    <div class={`toast toast-${kind}`}>
      <span>{text}</span>
      {action && <Button onClick={run}>{action.label}</Button>}
      <Button icon="close" label="Close" onClick={() => close(id)} />
    </div>
  );
}
