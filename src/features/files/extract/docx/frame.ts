/** The state of the parser at its current position: paragraph, run and cell. */
import type { HeldText, HeldUnits } from "./held-text.ts";
import type { Numbered, WordNumbering } from "./numbers/numbering.ts";
import { type RunFormat, type ShownFormat, toShown } from "./run-format.ts";
import type { ParagraphEnd, StoryText } from "./story.ts";
import type { StruckOut } from "./struck-out.ts";
import type { WordStyles } from "./styles.ts";

/** The state that all parts of a document share. */
export type WordContext = {
  styles: WordStyles;
  numbering: WordNumbering;
  struckOut: StruckOut;
  units: HeldUnits;
  /** Counts characters without a Unicode equivalent. */
  countUnreadable: (characters: number) => void;
};

type Paragraph = {
  style: string;
  /** The language of the paragraph mark, such as `en-GB`; "" if it has none. */
  language: string;
  list: Partial<Numbered>;
  /** The outline level set on the paragraph itself; may be that of body text. */
  outline: number | undefined;
  isBegun: boolean;
  isMarkDeleted: boolean;
  isMarkHidden: boolean;
  /** True for a drop cap, which belongs to the next paragraph. */
  isInitial: boolean;
  /** Undefined if the style determines it. */
  beginsPage: boolean | undefined;
  endsSection: boolean;
};

type Run = { style: string; direct: RunFormat; shown?: ShownFormat };

/** The state of one text: that of the part, or of a text box in it. */
export type Frame = {
  story: StoryText;
  /** The text of a text box, which is written after its anchor paragraph; undefined for the part itself. */
  box: HeldText | undefined;
  paragraph: Paragraph | undefined;
  run: Run;
  cells: number;
  rows: number;
  isRowDeleted: boolean;
  /** True after a paragraph of a cell: the next paragraph of the same cell begins on a new line. */
  breakInCell: boolean;
  hasCellText: boolean;
  /** Texts of text boxes, to be written at the end of the paragraph. */
  boxes: HeldText[];
};

export function newFrame(story: StoryText, box: HeldText | undefined): Frame {
  return {
    story,
    box,
    paragraph: undefined,
    run: { style: "", direct: {} },
    cells: 0,
    rows: 0,
    isRowDeleted: false,
    breakInCell: false,
    hasCellText: false,
    boxes: [],
  };
}

export function newParagraph(language: string): Paragraph {
  return {
    style: "",
    language,
    list: {},
    outline: undefined,
    isBegun: false,
    isMarkDeleted: false,
    isMarkHidden: false,
    isInitial: false,
    beginsPage: undefined,
    endsSection: false,
  };
}

/** The effective format of the current run. */
export function shownIn({ run, paragraph }: Frame, styles: WordStyles): ShownFormat {
  run.shown ??= toShown(
    run.direct,
    styles.runOf(run.style),
    styles.runOf(styles.named(paragraph?.style ?? "")),
  );
  return run.shown;
}

/** How a paragraph outside of tables ends. */
export function paragraphEndOf(
  paragraph: Paragraph | undefined,
  { hasText }: StoryText,
): ParagraphEnd {
  if (paragraph?.isMarkDeleted) return "joined";
  if (paragraph?.isInitial) return "initial";
  return paragraph?.isMarkHidden && hasText ? "ahead" : "alone";
}
