/** The sidebar where it does not fit beside the view. */
import { signal } from "@preact/signals";

export const isDrawerOpen = signal(false);
