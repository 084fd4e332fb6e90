/**
 * Form fields and annotations of a page (ISO 32000-2, sections 12.5 and 12.7), as pdf.js returns
 * them.
 */
import type { PdfDocument, PdfPage } from "./document.ts";

/** Annotation types by their numbers in pdf.js. */
export const ANNOTATION = { text: 1, freeText: 3, stamp: 13, widget: 20 } as const;

/** Markup that may carry a note: lines, shapes, highlights, ink, files, and the types above. */
const MARKUP = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17];
const READ = new Set([...MARKUP, ANNOTATION.widget]);

const [HIDDEN, NO_VIEW] = [2, 32];

export type PdfAnnotation = {
  annotationType: number;
  annotationFlags: number;
  /** The id of its object, such as `12R`. */
  id: string;
  /** Left, bottom, right, top, in page units. */
  rect: number[];
  /** In degrees, counterclockwise. */
  rotation?: number;
  contentsObj?: { str: string };
  hasAppearance?: boolean;
  /** The icon of a note, such as `Note`. */
  name?: string | null;
  /** A review state of another note; an annotation with a state is not a note. */
  state?: string | null;
  defaultAppearanceData?: { fontSize?: number };
  fieldType?: string | null;
  fieldValue?: string | string[] | null;
  options?: { exportValue: string | null; displayValue: string | null }[];
  multiLine?: boolean;
  comb?: boolean;
  password?: boolean;
  checkBox?: boolean;
  radioButton?: boolean;
  exportValue?: string | null;
  buttonValue?: string | null;
};

/** Returns the visible fields and annotations of a page, in document order. */
export async function annotationsOf(
  document: PdfDocument,
  page: PdfPage,
): Promise<PdfAnnotation[]> {
  // With the print intent, pdf.js parses all annotations but not the text of appearances, which is
  // unbounded.
  await page.getAnnotations({ intent: "print" });
  const others = Array.from({ length: document.numPages }, (_, index) => index);
  const skipped = new Set(others.filter((index) => index !== page.pageNumber - 1));
  const found = (await document.getAnnotationsByType(READ, skipped)) as PdfAnnotation[] | null;
  return (found ?? []).filter(isShown);
}

function isShown({ annotationFlags, rect }: PdfAnnotation): boolean {
  const [left = 0, bottom = 0, right = 0, top = 0] = rect;
  return (annotationFlags & (HIDDEN | NO_VIEW)) === 0 && right > left && top > bottom;
}

/**
 * True for a signature or a stamp, and for a field or a text box that has no text of its own but
 * may show some.
 */
export function isPaintedText(annotation: PdfAnnotation): boolean {
  const { annotationType: type, hasAppearance, fieldType, fieldValue, contentsObj } = annotation;
  if (hasAppearance !== true) return false;
  const isWidget = type === ANNOTATION.widget;
  const isSignature = isWidget && fieldType === "Sig";
  const isEmptyField = isWidget && fieldType === "Tx" && (fieldValue ?? "") === "";
  const isEmptyBox = type === ANNOTATION.freeText && (contentsObj?.str ?? "").trim() === "";
  return isSignature || isEmptyField || type === ANNOTATION.stamp || isEmptyBox;
}
