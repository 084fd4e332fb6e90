/** How characters of a Word document look, as far as that says what they are. */

/** What a style, or the run itself, says; undefined where it says nothing. */
export type RunFormat = {
  strike?: boolean;
  doubleStrike?: boolean;
  hidden?: boolean;
  /** The value of `w:vertAlign`. */
  alignment?: string;
  /** The font of ASCII characters, and that of others. */
  asciiFont?: string;
  otherFont?: string;
};

/** Takes over what an element within `w:rPr` says. */
export function readRunProperty(
  format: RunFormat,
  name: string,
  attributes: Record<string, string>,
): void {
  const value = attributes["w:val"] ?? "";
  if (name === "w:strike") format.strike = isOn(value);
  else if (name === "w:dstrike") format.doubleStrike = isOn(value);
  else if (name === "w:vanish") format.hidden = isOn(value);
  else if (name === "w:vertAlign") format.alignment = value;
  else if (name === "w:rFonts") readFonts(format, attributes);
}

function readFonts(format: RunFormat, attributes: Record<string, string>): void {
  const { "w:ascii": ascii, "w:hAnsi": other } = attributes;
  if (ascii !== undefined) format.asciiFont = ascii;
  if (other !== undefined) format.otherFont = other;
}

/** A property that is named is on, unless it says otherwise. */
export function isOn(value: string): boolean {
  return !/^(?:0|false|off)$/.test(value);
}

export type ShownFormat = {
  isStruck: boolean;
  isHidden: boolean;
  isSuperscript: boolean;
  asciiFont: string | undefined;
  otherFont: string | undefined;
};

/**
 * What a run looks like. Of properties that toggle, styles of paragraph and characters that both say so
 * cancel each other out (ECMA-376 part 1, section 17.7.3).
 */
export function toShown(direct: RunFormat, ofRun: RunFormat, ofParagraph: RunFormat): ShownFormat {
  const toggled = (key: "strike" | "doubleStrike" | "hidden") =>
    direct[key] ?? (ofRun[key] ?? false) !== (ofParagraph[key] ?? false);
  const all: RunFormat = { ...ofParagraph, ...ofRun, ...direct };
  return {
    isStruck: toggled("strike") || toggled("doubleStrike"),
    isHidden: toggled("hidden"),
    isSuperscript: all.alignment === "superscript",
    asciiFont: all.asciiFont,
    otherFont: all.otherFont,
  };
}
