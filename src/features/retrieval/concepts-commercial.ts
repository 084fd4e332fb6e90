/** Concepts of commercial contracts. */
import type { Concept } from "./concepts.ts";

export const COMMERCIAL: readonly Concept[] = [
  {
    name: "governing_law",
    asked: /\b(govern\w* law|law\w* govern\w*|choice of law|applicable law|which law)\b/,
    said: [
      /\b(govern|constru|interpret|enforc)\w* (\w+ ){0,12}laws? of\b/,
      /\bgovern\w* by\b.*\blaws?\b/,
    ],
    words: "governed construed accordance laws state conflict jurisdiction",
  },
];
