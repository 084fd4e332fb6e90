/**
 * Parses a name from malformed JSON of a model: in single quotes, with unescaped quotes, or truncated.
 * Pure.
 */

type NamedInJson = { name: string; reasoning: string };

/** Matches an object with members, or the beginning of one; not `{Draft} lease notes`. */
const OBJECT = /[{]\s*(?:["'“”][\w\s-]*(?:["'“”]|$)|\w+\s*:|$)/;

/** A member with a string value, which ends where a member can end, or with the text. */
const MEMBER =
  /["'“”]?(?<key>\w+)["'“”]?\s*:\s*(?<quote>["'“])(?<value>(?:\\.|[^\\])*?)(?:\\?$|(?:["'”](?=\s*(?:[,}\]]\s*(?:["'“{}\]\s]|$)|$))))/gsu;

const LIST_OF_STRINGS = /^\s*\[\s*("(?:[^"\\]|\\.)*")/;

/** The name, "" if the object has none; undefined if the text has no object. */
export function nameInJson(text: string): NamedInJson | undefined {
  const listed = LIST_OF_STRINGS.exec(text)?.[1];
  if (listed !== undefined) return { name: unescape(listed.slice(1, -1)), reasoning: "" };
  const object = OBJECT.exec(text);
  if (!object) return undefined;
  const members = [...text.slice(object.index).matchAll(MEMBER)].map(({ groups }) => ({
    key: groups?.key?.toLowerCase() ?? "",
    value: unescape(groups?.value ?? ""),
  }));
  const find = (isNamed: (key: string) => boolean) =>
    members.find(({ key, value }) => isNamed(key) && value.trim() !== "")?.value;
  const name =
    find((key) => key === "suggested_name") ??
    find((key) => key.includes("title")) ??
    find((key) => key.includes("name"));
  return { name: name ?? "", reasoning: find((key) => key === "reasoning") ?? "" };
}

function unescape(text: string): string {
  try {
    return JSON.parse(`"${text.replace(/(?<!\\)((?:\\\\)*)"/g, '$1\\"').replaceAll("\n", "\\n")}"`);
  } catch {
    return text.replace(/\\(["'\\])/g, "$1");
  }
}
