/** Concepts of confidentiality agreements. */
import type { Concept } from "./concepts.ts";

export const CONFIDENTIALITY: readonly Concept[] = [
  {
    name: "return_or_destruction",
    asked: /\b(return|destroy|destruction|destruct)\b/,
    said: [/\b(return|destr\w+|eras\w+|delet\w+)\b/],
    words: "return destroy erase delete copies certify termination request",
  },
];
