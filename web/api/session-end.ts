/** That the server no longer knows the session. */
import { signal } from "@preact/signals";

/** Counts the responses that said so. */
export const sessionEnded = signal(0);
