/** What is known of the place that is read: its paragraph, its run, its cell. */
import type { HeldText, HeldUnits } from "./held-text.ts";
import type { Numbered, WordNumbering } from "./numbers/numbering.ts";
import { type RunFormat, type ShownFormat, toShown } from "./run-format.ts";
import type { ParagraphEnd, StoryText } from "./story.ts";
import type { StruckOut } from "./struck-out.ts";
import type { WordStyles } from "./styles.ts";

/** What the parts of one document share. */
export type WordContext = {
  styles: WordStyles;
  numbering: WordNumbering;
  struckOut: StruckOut;
  units: HeldUnits;
  /** Counts characters that have no Unicode. */
  countUnreadable: (characters: number) => void;
};

type Paragraph = {
  style: string;
  /** That of its mark, such as `en-GB`; "" where none is named. */
  language: string;
  list: Partial<Numbered>;
  /** The level of the outline that it names itself, which may be that of body text. */
  outline: number | undefined;
  isBegun: boolean;
  isMarkDeleted: boolean;
  isMarkHidden: boolean;
  /** A first letter that is drawn large beside the paragraph that it belongs to. */
  isInitial: boolean;
  /** Undefined where its style says. */
  beginsPage: boolean | undefined;
  endsSection: boolean;
};

type Run = { style: string; direct: RunFormat; shown?: ShownFormat };

/** A text that is read at one time: that of the part, or of a text box within it. */
export type Frame = {
  story: StoryText;
  /** The text of a box, which is written behind the paragraph that it is tied to. */
  box: HeldText | undefined;
  paragraph: Paragraph | undefined;
  run: Run;
  cells: number;
  rows: number;
  isRowDeleted: boolean;
  /** A paragraph of a cell has ended: the next one of the same cell begins a line. */
  breakInCell: boolean;
  hasCellText: boolean;
  /** Text of boxes that waits for the paragraph's end. */
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

/** What the run that is read looks like. */
export function shownIn({ run, paragraph }: Frame, styles: WordStyles): ShownFormat {
  run.shown ??= toShown(
    run.direct,
    styles.runOf(run.style),
    styles.runOf(styles.named(paragraph?.style ?? "")),
  );
  return run.shown;
}

/** How a paragraph of no table ends. */
export function paragraphEndOf(
  paragraph: Paragraph | undefined,
  { hasText }: StoryText,
): ParagraphEnd {
  if (paragraph?.isMarkDeleted) return "joined";
  if (paragraph?.isInitial) return "initial";
  return paragraph?.isMarkHidden && hasText ? "ahead" : "alone";
}
