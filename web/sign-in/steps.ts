/** Which form of the sign-in is shown. */
import { signal } from "@preact/signals";

export type Step =
  | { name: "password" }
  | { name: "sign-up" }
  | { name: "forgotten" }
  | { name: "second-factor"; challenge: string };

export const step = signal<Step>({ name: "password" });
