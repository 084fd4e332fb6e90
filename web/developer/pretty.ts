/** JSON with indents, everything else as it is. */

export function toPretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** An event whose data is indented. */
export function toPrettyEvent(text: string): string {
  return text.replaceAll(/^data: (.*)$/gm, (_, data: string) => `data: ${toPretty(data)}`);
}
