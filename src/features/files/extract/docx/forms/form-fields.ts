/** The values of content controls, and of form fields of older documents. */
import { isOn } from "../run-format.ts";

const TICKED = "☑";
const NOT_TICKED = "☐";

/** UTF-16 code units of the placeholder of an empty control. */
const LONGEST_PROMPT = 200;
const MOST_ENTRIES = 200;
const LONGEST_ENTRY = 500;

/** Controls whose text is a value. Other controls only group content of the document. */
const VALUES = new Set(["w:dropDownList", "w:comboBox", "w:date", "w:text"]);

/** A content control (ECMA-376 part 1, section 17.5.2). */
export class ContentControl {
  /** True once the content of the control has begun. */
  isOpen = false;
  #isValue = false;
  #isCheckBox = false;
  #isTicked = false;
  #isEmpty = false;
  #hasOwnPrompt = false;
  #prompt = "";
  #isSaid = false;

  readProperty(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (VALUES.has(name)) this.#isValue = true;
    else if (name === "w14:checkbox") this.#isCheckBox = true;
    else if (name === "w14:checked") this.#isTicked = isOn(attributes["w14:val"] ?? "");
    else if (name === "w:showingPlcHdr") this.#isEmpty = isOn(value);
    else if (name === "w:docPart") this.#hasOwnPrompt = !value.startsWith("DefaultPlaceholder");
  }

  get isValue(): boolean {
    return this.#isValue;
  }

  get isCheckBox(): boolean {
    return this.#isCheckBox;
  }

  /** True if another text replaces the content. */
  hides(): boolean {
    return this.isOpen && (this.#isCheckBox || this.#isEmpty);
  }

  /** Collects hidden text, which is the placeholder of an empty control. */
  read(text: string): void {
    if (this.#prompt.length < LONGEST_PROMPT) this.#prompt += text.slice(0, LONGEST_PROMPT);
  }

  /** The text that replaces the content, returned once; undefined if the content is shown as it is. */
  say(): { text: string; isValue: boolean } | undefined {
    if (this.#isSaid || !this.hides()) return undefined;
    this.#isSaid = true;
    if (this.#isCheckBox) return { text: this.#isTicked ? TICKED : NOT_TICKED, isValue: true };
    const prompt = this.#prompt.trim();
    const hasPrompt = this.#hasOwnPrompt && prompt !== "";
    return { text: hasPrompt ? `[Not filled in: ${prompt}]` : "[Not filled in]", isValue: false };
  }
}

/** A field with a code and a result in the text, such as a form field (section 17.16.17). */
export class TextField {
  /** True within the code of the field, which is not shown. */
  isInstruction = true;
  #kind: "check" | "choice" | "text" | undefined;
  #default: string | undefined;
  #result: string | undefined;
  readonly #entries: string[] = [];
  #isSaid = false;

  readProperty(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:checkBox") this.#kind = "check";
    else if (name === "w:ddList") this.#kind = "choice";
    else if (name === "w:textInput") this.#kind = "text";
    else if (name === "w:default") this.#default = value;
    else if (name === "w:result" || name === "w:checked") this.#result = value;
    else if (name === "w:listEntry" && this.#entries.length < MOST_ENTRIES) {
      this.#entries.push(value.slice(0, LONGEST_ENTRY));
    }
  }

  /** True if the result is a value that a user entered. */
  get isValue(): boolean {
    return this.#kind === "text";
  }

  /** True if the value replaces the result. */
  hides(): boolean {
    return this.#kind === "check" || this.#kind === "choice";
  }

  /** The ticked or selected value, returned once; "" for other fields. */
  say(): string {
    if (this.#isSaid) return "";
    this.#isSaid = true;
    const chosen = this.#result ?? this.#default;
    if (this.#kind === "choice") return this.#entries[Number(chosen) || 0] ?? "";
    if (this.#kind !== "check") return "";
    return chosen !== undefined && isOn(chosen) ? TICKED : NOT_TICKED;
  }
}
