/** Detects the language of a text, as a built-in text search configuration of Postgres. */

import { foldCase } from "../../lib/fold-text.ts";

/** Frequent short words that few related languages share. */
const SMALL_WORDS: Record<string, string> = {
  english: "the of and to in that is was for with shall by be this any which or from are not",
  german: "der die das und ist nicht mit den von zu auf für eine im dem des sich werden oder durch",
  french: "le la les des et est dans pour une par que qui sur avec ne pas du au ce ou",
  spanish: "el la los las y es en para una por que con del se no al lo como su o",
  italian: "il lo gli e è di che per una con del della non nel sono alla dei le o da",
  dutch: "de het een en van is dat niet met voor op te zijn door aan of in bij worden deze",
  portuguese: "o a os as e é em para uma por que com do da não no na se ou dos",
  danish: "og det er ikke med af til på en for den som der et at har kan skal eller ved",
  swedish: "och det är inte med av till på en för den som ett att har kan ska eller vid om",
  norwegian: "og det er ikke med av til på en for den som et å har kan skal eller ved fra",
  finnish: "ja on ei että se ovat tai joka sekä kun tämä myös mukaan ole jos sen hän mutta",
  hungarian: "a az és hogy nem is egy meg vagy ez mint csak ha de azt kell volt lehet által",
  romanian: "și în de la nu este care pe cu o un din pentru sau prin mai al ale se că",
  turkish: "ve bir bu için ile olarak da de olan veya gibi daha ne kadar sonra her tarafından",
  russian: "и в не на что с по как из к у за от для или это при его не быть",
};

/** The least share of a language's short words in a text of that language. */
const LEAST_SHARE = 0.08;
const SAMPLE_LENGTH = 20_000;

/** The languages of each short word. */
const LANGUAGES_OF = new Map<string, string[]>();
for (const [language, words] of Object.entries(SMALL_WORDS)) {
  for (const word of new Set(words.split(" "))) {
    LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language]);
  }
}

/** The configuration for a text; `simple`, which does not stem, if the language is unknown. */
export function guessLanguage(text: string): string {
  const words = foldCase(text.slice(0, SAMPLE_LENGTH)).match(/\p{L}+/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words) {
    for (const language of LANGUAGES_OF.get(word) ?? []) {
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
  }
  const [best] = [...counts].toSorted(([, a], [, b]) => b - a);
  return best && best[1] >= words.length * LEAST_SHARE ? best[0] : "simple";
}
