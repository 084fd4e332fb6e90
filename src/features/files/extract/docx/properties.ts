/** Parses the properties of paragraphs, runs and content controls into the state of the parser. */
import type { FormState } from "./forms/form-state.ts";
import type { Frame } from "./frame.ts";
import { levelNumber } from "./numbers/numbering.ts";
import { isOn, readRunProperty } from "./run-format.ts";
import { levelOfOutline } from "./styles.ts";

/** Tracked deletions. As a property, they delete the mark of a paragraph or a row. */
export const DELETED: ReadonlySet<string> = new Set(["w:del", "w:moveFrom"]);

/** Elements that contain only properties, no text. */
const PROPERTIES = new Set([
  "w:pPr",
  "w:rPr",
  "w:sectPr",
  "w:sdtPr",
  "w:ffData",
  "w:tblPr",
  "w:tblPrEx",
  "w:trPr",
  "w:tcPr",
  "m:ctrlPr",
]);

/** Parses elements that contain properties; these may be nested. */
export class PropertyReader {
  readonly #forms: FormState;
  readonly #open: { name: string; depth: number }[] = [];

  constructor(forms: FormState) {
    this.#forms = forms;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** True if the element contains properties or is one. */
  open(name: string, attributes: Record<string, string>, frame: Frame, depth: number): boolean {
    if (PROPERTIES.has(name)) {
      this.#open.push({ name, depth });
      if (name === "w:sectPr" && frame.paragraph) frame.paragraph.endsSection = true;
    } else if (this.isOpen) this.#property(name, attributes, frame);
    return this.isOpen;
  }

  /** True if the element contained properties or was one. */
  close(depth: number): boolean {
    if (!this.isOpen) return false;
    if (this.#open.at(-1)?.depth === depth) this.#open.pop();
    return true;
  }

  #property(name: string, attributes: Record<string, string>, frame: Frame): void {
    const [above, container] = [this.#open.at(-2)?.name, this.#open.at(-1)?.name];
    const value = attributes["w:val"] ?? "";
    if (container === "w:pPr" && name === "w:framePr") readFrame(frame, attributes["w:dropCap"]);
    else if (container === "w:pPr") paragraphProperty(frame, name, value);
    else if (container === "w:rPr" && above === "w:pPr") markProperty(frame, name, value);
    else if (container === "w:rPr" && above === undefined) runProperty(frame, name, attributes);
    else if (container === "w:sdtPr") this.#forms.readControl(name, attributes);
    else if (container === "w:ffData") this.#forms.readField(name, attributes);
    else if (container === "w:trPr" && DELETED.has(name)) frame.isRowDeleted = true;
  }
}

function runProperty({ run }: Frame, name: string, attributes: Record<string, string>): void {
  if (name === "w:rStyle") run.style = attributes["w:val"] ?? "";
  else readRunProperty(run.direct, name, attributes);
}

function paragraphProperty({ paragraph }: Frame, name: string, value: string): void {
  if (!paragraph) return;
  if (name === "w:pStyle") paragraph.style = value;
  if (name === "w:numId") paragraph.list.list = value;
  if (name === "w:ilvl") paragraph.list.level = levelNumber(value);
  if (name === "w:outlineLvl") paragraph.outline = levelOfOutline(value);
  if (name === "w:pageBreakBefore") paragraph.beginsPage = isOn(value);
}

function readFrame({ paragraph }: Frame, dropCap = "none"): void {
  if (paragraph) paragraph.isInitial = dropCap !== "none";
}

function markProperty({ paragraph }: Frame, name: string, value: string): void {
  if (!paragraph) return;
  if (DELETED.has(name)) paragraph.isMarkDeleted = true;
  if (name === "w:vanish") paragraph.isMarkHidden = isOn(value);
  if (name === "w:lang" && value !== "") paragraph.language = value.toLowerCase();
}
