/** The controls and fields that are open at a place, one within the other. */
import { ContentControl, TextField } from "./form-fields.ts";

const MOST_FIELDS = 20;
const MOST_CONTROLS = 100;

/** What stands for a control or a field. */
export type FormText = { text: string; isValue: boolean };

export class FormState {
  readonly #controls: ContentControl[] = [];
  readonly #fields: TextField[] = [];

  /** True within the code of a field, which is not shown. */
  get isInstruction(): boolean {
    return this.#fields.some(({ isInstruction }) => isInstruction);
  }

  /** True where text is a value that someone filled in. */
  get isValue(): boolean {
    return (
      this.#fields.some(({ isValue }) => isValue) ||
      this.#controls.some(({ isValue, isOpen }) => isValue && isOpen)
    );
  }

  /** Takes text; undefined where it is shown, else what stands for it. */
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

  /** Ends the innermost control; what stands for it, if that was not said yet. */
  endControl(): FormText[] {
    const said = this.#controls.pop()?.say();
    return said ? [said] : [];
  }

  readField(name: string, attributes: Record<string, string>): void {
    this.#fields.at(-1)?.readProperty(name, attributes);
  }

  /** A field begins, its result begins (`separate`), or it ends. */
  turnField(type: string | undefined): FormText[] {
    const field = this.#fields.at(-1);
    if (type === "begin" && this.#fields.length < MOST_FIELDS) this.#fields.push(new TextField());
    if (!field || (type !== "separate" && type !== "end")) return [];
    field.isInstruction = false;
    if (type === "end") this.#fields.pop();
    return [{ text: field.say(), isValue: true }];
  }

  /** What stands for controls whose content has a paragraph that ends. Code of a field ends with it. */
  endParagraph(): FormText[] {
    for (const field of this.#fields) field.isInstruction = false;
    return this.#controls.flatMap((control) => control.say() ?? []);
  }
}
