/** The character formatting of a Word document that affects the meaning of its text. */

/** The properties that a style or a run sets; undefined if it does not set them. */
export type RunFormat = {
  strike?: boolean;
  doubleStrike?: boolean;
  hidden?: boolean;
  /** The value of `w:vertAlign`. */
  alignment?: string;
  /** The fonts of ASCII characters and of all others. */
  asciiFont?: string;
  otherFont?: string;
};

/** Applies one child element of `w:rPr` to a format. */
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

/** An on/off property without a value is on. */
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
 * The effective format of a run. A toggle property that is set by both the paragraph style and the character
 * style is off (ECMA-376 part 1, section 17.7.3).
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
