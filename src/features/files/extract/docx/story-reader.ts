/** Extracts parts that hold several short texts (notes, comments) or a single one (a header). */
import { ExtractionFailure } from "../../failures.ts";
import { TextFlow } from "../flow.ts";
import type { MarkupHandler } from "../markup.ts";
import { WordBody } from "./body.ts";
import type { WordContext } from "./frame.ts";
import { HeldText, type ReadStory } from "./held-text.ts";
import { StoryText } from "./story.ts";

const MOST_STORIES = 20_000;

export class StoryReader implements MarkupHandler {
  readonly stories: ReadStory[] = [];
  readonly #context: WordContext;
  readonly #element: string;
  #depth = 0;
  #open:
    | { attributes: Record<string, string>; held: HeldText; body: WordBody; depth: number }
    | undefined;
  #paragraph = "";

  /** `element`: the name of the elements that each hold one text. */
  constructor(context: WordContext, element: string) {
    this.#context = context;
    this.#element = element;
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#depth++;
    if (!this.#open && name === this.#element) return this.#begin(attributes);
    if (name === "w:p") this.#paragraph = attributes["w14:paraId"] ?? "";
    this.#open?.body.open(name, attributes);
  }

  close(name: string): void {
    if (this.#open?.depth === this.#depth) this.#finish();
    else this.#open?.body.close(name);
    this.#depth--;
  }

  text(text: string): void {
    this.#open?.body.text(text);
  }

  #begin(attributes: Record<string, string>): void {
    if (this.stories.length >= MOST_STORIES) throw new ExtractionFailure("too_much_text");
    const held = new HeldText(this.#context.units);
    const story = new StoryText(new TextFlow(held), this.#context.struckOut);
    const body = new WordBody(story, this.#context);
    this.#open = { attributes, held, body, depth: this.#depth };
    this.#paragraph = "";
  }

  #finish(): void {
    if (!this.#open) return;
    const { attributes, held, body } = this.#open;
    body.end();
    this.#open = undefined;
    const text = held.text.trim().replaceAll(/\n+/g, "\n");
    this.stories.push({ attributes, text, paragraph: this.#paragraph });
  }
}
