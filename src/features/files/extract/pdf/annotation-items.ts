/** Positions the values of fields and the texts of annotations on their page. */
import { ANNOTATION, type PdfAnnotation } from "./annotations.ts";
import type { PdfItem } from "./items.ts";

/** The lines of an annotation, and a label if the text alone does not identify it. */
type Shown = { lines: string[]; region: "form_field" | "annotation" | "signature"; label?: string };

/** The geometry of a page. */
type PageFrame = { view: number[]; rotate: number };

const LARGEST_SIZE = 12;
/** The share of the letter height below the base line. */
const DESCENT = 0.22;
const LINE_HEIGHT = 1.2;
/** The approximate letter width, relative to the height. */
const LETTER_WIDTH = 0.5;
/** The font size of notes and the gap before each, in page units. */
const [NOTE_SIZE, NOTE_GAP] = [10, 20];

/**
 * Returns the runs that fields and annotations add to a page. Notes and stamps overlap other text,
 * so they are placed below the page.
 */
export function itemsOf(
  annotations: readonly PdfAnnotation[],
  frame: PageFrame,
  appearances: ReadonlyMap<string, string[]> = new Map(),
): PdfItem[] {
  const shown = annotations.flatMap((annotation) => {
    const { lines, ...rest } = shownOf(annotation, appearances.get(annotation.id) ?? []);
    const text = lines.map((line) => line.trim()).filter((line) => line !== "");
    return text.length > 0 ? [{ annotation, lines: text, ...rest }] : [];
  });
  const inline = shown.filter(({ label }) => label === undefined);
  const notes = shown.filter(({ label }) => label !== undefined);
  return [
    ...inline.flatMap(({ annotation, ...rest }) => runsOf(annotation, rest)),
    ...below(notes, frame),
  ];
}

function shownOf(annotation: PdfAnnotation, painted: string[]): Shown {
  const { annotationType: type, contentsObj, state } = annotation;
  if (type === ANNOTATION.widget) return fieldOf(annotation, painted);
  const said = linesOf(contentsObj?.str ?? "");
  const region = "annotation";
  if (type === ANNOTATION.freeText) return { lines: isBlank(said) ? painted : said, region };
  if (type === ANNOTATION.stamp) return { lines: stampOf(said, painted), region, label: "[Stamp]" };
  const isDecision = typeof state === "string";
  return { lines: isDecision ? [] : said, region, label: "[Note]" };
}

/** Returns the painted lines of a stamp, plus its contents if it does not show them. */
function stampOf(said: string[], painted: string[]): string[] {
  const shown = painted.join(" ").replaceAll(/\s/g, "");
  const isShown = shown.includes(said.join(" ").replaceAll(/\s/g, ""));
  return isShown ? painted : [...painted, ...said];
}

function isBlank(lines: readonly string[]): boolean {
  return lines.every((line) => line.trim() === "");
}

function fieldOf(field: PdfAnnotation, painted: string[]): Shown {
  if (field.fieldType === "Sig") return { lines: painted, region: "signature" };
  const said = field.fieldType === "Btn" ? tickOf(field) : linesOf(valueOf(field));
  const lines = isBlank(said) ? painted : said;
  return { lines: field.password === true ? [] : lines, region: "form_field" };
}

function tickOf({ checkBox, radioButton, fieldValue, exportValue, buttonValue }: PdfAnnotation) {
  if (checkBox !== true && radioButton !== true) return [];
  const onValue = checkBox === true ? exportValue : buttonValue;
  return [typeof onValue === "string" && fieldValue === onValue ? "☑" : "☐"];
}

/** Returns the value of a field; for a choice, the displayed text. */
function valueOf({ fieldValue, options = [] }: PdfAnnotation): string {
  if (!Array.isArray(fieldValue)) return fieldValue ?? "";
  const shown = new Map(options.map((option) => [option.exportValue, option.displayValue]));
  return fieldValue.map((value) => shown.get(value) ?? value).join(", ");
}

function linesOf(text: string): string[] {
  return text.split(/\r\n?|\n/);
}

/** Returns lines from the top of a box, or a single line in its middle. */
function runsOf(annotation: PdfAnnotation, { lines, region }: Shown): PdfItem[] {
  const box = boxOf(annotation);
  const size = sizeOf(annotation, box.height / lines.length);
  const isOne = lines.length === 1 && annotation.multiLine !== true;
  const first = isOne ? (box.height - size) / 2 + DESCENT * size : box.height - size;
  return lines.map((str, index) => ({
    str,
    transform: box.transform(size, 0, first - index * size * LINE_HEIGHT),
    width: Math.min(box.width, widthOf(str, size)),
    height: size,
    hasEOL: true,
    region,
  }));
}

function sizeOf({ defaultAppearanceData }: PdfAnnotation, lineHeight: number): number {
  const said = defaultAppearanceData?.fontSize ?? 0;
  return said > 0 ? said : Math.min(LARGEST_SIZE, lineHeight / LINE_HEIGHT);
}

function widthOf(text: string, size: number): number {
  return text.length * size * LETTER_WIDTH;
}

/**
 * A text box in its upright orientation: its size, and the matrix of text by font size and start.
 */
type Box = {
  width: number;
  height: number;
  transform: (size: number, x: number, y: number) => number[];
};

function boxOf({ rect, rotation = 0 }: Pick<PdfAnnotation, "rect" | "rotation">): Box {
  const [left = 0, bottom = 0, right = 0, top = 0] = rect;
  const [width, height] = [right - left, top - bottom];
  const isUpright = rotation % 180 === 0;
  return {
    ...(isUpright ? { width, height } : { width: height, height: width }),
    transform(size, x, y) {
      if (rotation === 90) return [0, size, -size, 0, right - y, bottom + x];
      if (rotation === 180) return [-size, 0, 0, -size, right - x, top - y];
      if (rotation === 270) return [0, -size, size, 0, left + y, top - x];
      return [size, 0, 0, size, left + x, bottom + y];
    },
  };
}

type Note = Shown & { annotation: PdfAnnotation };

/** Places each note on its own lines, from the foot of the page downwards. */
function below(notes: readonly Note[], { view, rotate }: PageFrame): PdfItem[] {
  const page = boxOf({ rect: view, rotation: rotate });
  const items: PdfItem[] = [];
  let y = 0;
  const write = (str: string, x: number, region?: Shown["region"]) => {
    const transform = page.transform(NOTE_SIZE, x, y);
    const width = widthOf(str, NOTE_SIZE);
    const hasEOL = region !== undefined;
    items.push({ str, hasEOL, transform, width, height: NOTE_SIZE, ...(region && { region }) });
  };
  for (const { label = "", lines, region } of notes) {
    y -= NOTE_GAP;
    write(`${label} `, 0);
    for (const [index, line] of lines.entries()) {
      write(line, index === 0 ? widthOf(`${label} `, NOTE_SIZE) : 0, region);
      y -= NOTE_SIZE * LINE_HEIGHT;
    }
  }
  return items;
}
