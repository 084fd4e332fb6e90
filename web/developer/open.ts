/** Whether the developer's view is shown. */
import { signal } from "@preact/signals";

export const isDeveloperViewOpen = signal(false);

/** What had the focus before, which gets it back. */
let opener: Element | null = null;

/** Opens or closes it. */
export function toggleDeveloperView(): void {
  if (isDeveloperViewOpen.peek()) return closeDeveloperView();
  opener = document.activeElement;
  isDeveloperViewOpen.value = true;
}

export function closeDeveloperView(): void {
  isDeveloperViewOpen.value = false;
  if (opener instanceof HTMLElement) opener.focus();
}
