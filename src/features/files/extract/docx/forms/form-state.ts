/** The nested controls and fields that are open at the current position. */
import { ContentControl, TextField } from "./form-fields.ts";

const MOST_FIELDS = 20;
const MOST_CONTROLS = 100;

/** The text that replaces a control or a field. */
export type FormText = { text: string; isValue: boolean };

export class FormState {
  readonly #controls: ContentControl[] = [];
  readonly #fields: TextField[] = [];

  /** True within the code of a field, which is not shown. */
  get isInstruction(): boolean {
    return this.#fields.some(({ isInstruction }) => isInstruction);
  }

  /** True if the text is a value that a user entered. */
  get isValue(): boolean {
    return (
      this.#fields.some(({ isValue }) => isValue) ||
      this.#controls.some(({ isValue, isOpen }) => isValue && isOpen)
    );
  }

  /** The texts that replace hidden text; undefined if the text is shown. */
  hide(text: string): FormText[] | undefined {
    const control = this.#controls.findLast((each) => each.hides());
    control?.read(text);
    if (control)
      return this.#controls.flatMap((each) => (each.isCheckBox ? (each.say() ?? []) : []));
    return this.#fields.some((field) => field.hides()) ? [] : undefined;
  }

  beginControl(): void {
    if (this.#controls.length < MOST_CONTROLS) this.#controls.push(new ContentControl());
  }

  readControl(name: string, attributes: Record<string, string>): void {
    this.#controls.at(-1)?.readProperty(name, attributes);
  }

  openControl(): void {
    const control = this.#controls.at(-1);
    if (control) control.isOpen = true;
  }

  /** Ends the innermost control. Returns the text that replaces it, unless it was returned before. */
  endControl(): FormText[] {
    const said = this.#controls.pop()?.say();
    return said ? [said] : [];
  }

  readField(name: string, attributes: Record<string, string>): void {
    this.#fields.at(-1)?.readProperty(name, attributes);
  }

  /** Handles the start of a field, of its result (`separate`), and its end. Returns the value of the field. */
  turnField(type: string | undefined): FormText[] {
    const field = this.#fields.at(-1);
    if (type === "begin" && this.#fields.length < MOST_FIELDS) this.#fields.push(new TextField());
    if (!field || (type !== "separate" && type !== "end")) return [];
    field.isInstruction = false;
    if (type === "end") this.#fields.pop();
    return [{ text: field.say(), isValue: true }];
  }

  /** Ends the codes of all fields. Returns the texts that replace the open controls. */
  endParagraph(): FormText[] {
    for (const field of this.#fields) field.isInstruction = false;
    return this.#controls.flatMap((control) => control.say() ?? []);
  }
}
