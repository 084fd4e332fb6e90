/** The number formats and struck-out fonts of cells (ECMA-376 part 1, section 18.8). */
import type { format as formatValue } from "numfmt";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";

const MOST_STYLES = 65_536;
/** UTF-16 code units of a number format. */
const LONGEST_FORMAT = 500;

type Style = { numberFormat: number; font: number };

export class CellStyles implements MarkupHandler {
  readonly #formats = new Map<number, string>();
  readonly #struckFonts = new Set<number>();
  readonly #styles: Style[] = [];
  readonly #format: typeof formatValue;
  readonly #isFrom1904: boolean;
  #fonts = -1;
  #parents: string[] = [];

  constructor(format: typeof formatValue, { isFrom1904 }: { isFrom1904: boolean }) {
    this.#format = format;
    this.#isFrom1904 = isFrom1904;
  }

  open(element: string, attributes: XmlAttributes): void {
    const name = localName(element);
    const parent = this.#parents.at(-1);
    this.#parents.push(name);
    if (name === "numFmt") this.#addFormat(attributes);
    if (name === "font" && parent === "fonts") this.#fonts++;
    const isStruck = name === "strike" && parent === "font";
    if (isStruck && attributes.val !== "0" && attributes.val !== "false") {
      this.#struckFonts.add(this.#fonts);
    }
    if (name === "xf" && parent === "cellXfs" && this.#styles.length < MOST_STYLES) {
      const { numFmtId = "0", fontId = "-1" } = attributes;
      this.#styles.push({ numberFormat: Number(numFmtId), font: Number(fontId) });
    }
  }

  close(): void {
    this.#parents.pop();
  }

  text(): void {}

  isStruck(style: number): boolean {
    return this.#struckFonts.has(this.#styles[style]?.font ?? -1);
  }

  /** Formats a number as the cell shows it; returns the stored value if its format cannot be applied. */
  show(value: string, style: number): string {
    const number = Number(value);
    if (value.trim() === "" || !Number.isFinite(number)) return value;
    const id = this.#styles[style]?.numberFormat ?? 0;
    const pattern = this.#formats.get(id) ?? BUILT_IN[id] ?? "General";
    try {
      const serial = this.#isFrom1904 && DATE.test(pattern) ? number + DAYS_TO_1904 : number;
      const shown = this.#format(pattern, serial, { throws: true }).trim();
      return shown === "" || /^#+$/.test(shown) ? value : shown;
    } catch {
      return value;
    }
  }

  #addFormat({ numFmtId = "", formatCode = "" }: XmlAttributes): void {
    if (formatCode.length > LONGEST_FORMAT || this.#formats.size >= MOST_STYLES) return;
    this.#formats.set(Number(numFmtId), formatCode);
  }
}

const DAYS_TO_1904 = 1_462;
const DATE = /[dmyhs]/i;

/** The built-in number formats by id (section 18.8.30). */
const BUILT_IN: Record<number, string> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
  11: "0.00E+00",
  12: "# ?/?",
  13: "# ??/??",
  14: "yyyy-mm-dd",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  22: "yyyy-mm-dd h:mm",
  37: "#,##0;(#,##0)",
  38: "#,##0;(#,##0)",
  39: "#,##0.00;(#,##0.00)",
  40: "#,##0.00;(#,##0.00)",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mm:ss.0",
  48: "##0.0E+0",
  49: "@",
};
