/** Removes what models wrap around a title: quotation marks, markup and labels. Pure. */

/** Pairs of opening and closing marks. */
const QUOTES = [
  ['"', '"'],
  ["'", "'"],
  ["“", "”"],
  ["„", "“"],
  ["„", "”"],
  ["”", "”"],
  ["‘", "’"],
  ["‚", "‘"],
  ["«", "»"],
  ["»", "«"],
  ["‹", "›"],
  ["「", "」"],
  ["『", "』"],
  ["《", "》"],
  ["＂", "＂"],
  ["`", "`"],
] as const;

/** "Title" in the languages that models use most; labels are rare, so more are not needed. */
const LABEL_WORD =
  "title|titel|titre|título|titulo|titolo|tytuł|название|заголовок|العنوان|标题|標題|タイトル|題名|제목";
const LABEL = new RegExp(
  String.raw`^(?:[^:：]{0,40}! )?(?:(?:the|a|suggested|proposed|possible|chat|conversation) )*(?:${LABEL_WORD}|(?:suggested|chat|conversation)[ _](?:name|title))\s*[:：]\s*(?=\S)`,
  "iu",
);
/** "Here is a title for it: …" */
const INTRODUCTION = new RegExp(
  String.raw`^(?:[^:：]{0,40}! )?(?:here|hier|voici|aqu[ií]|ecco)\b[^:：]{0,60}[:：]\s*(?=\S)`,
  "iu",
);

const MOST_LAYERS = 6;

/**
 * Only after a long lower-case word: the full stops of `Acme Inc.`, `et al.` and `Co.` belong to the
 * title.
 */
const FULL_STOP = /(?<=\s\p{Ll}{5,})\.$|。$/u;

/** The bare title. Keeps marks inside of it: `C* algebras`, `What is "force majeure"`, `Acme Inc.` */
export function unwrap(title: string): string {
  let bare = title.trim();
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const inner = withoutLabel(withoutQuotes(withoutMarkup(bare)))
      .replace(FULL_STOP, "")
      .trim();
    if (inner === bare || inner === "") return bare;
    bare = inner;
  }
  return bare;
}

function withoutLabel(text: string): string {
  return text.replace(LABEL, "").replace(INTRODUCTION, "");
}

function withoutMarkup(text: string): string {
  const element = /^<(\w+)\b[^<>]*>(.*)<\/\1>$/su.exec(text)?.[2];
  return (element ?? text)
    .replace(/^(?:#{1,6}|>|[-*•])\s+/u, "")
    .replace(/^(_{1,3})(?=\S)([^_]+)(?<=\S)\1$/u, "$2")
    .replace(/(?<=^|[\s\p{P}])(\*{1,3}|~~)(?=[^\s*])([^*~]+)(?<=\S)\1(?=$|[\s\p{P}])/gu, "$2");
}

/** Removes a pair of marks around the whole text, and a full stop after it. */
function withoutQuotes(text: string): string {
  const quoted = text.replace(/(?<=["'”“’»«›」』》＂`])[.。]$/u, "");
  for (const [open, close] of QUOTES) {
    const inner = quoted.slice(open.length, -close.length);
    const isAround = quoted.startsWith(open) && quoted.endsWith(close) && inner !== "";
    if (isAround && quoted.length > 1 && isOnePair(inner, open, close)) return inner;
  }
  return text;
}

/** True if the outer marks belong together; false for `"A" and "B"`. */
function isOnePair(inner: string, open: string, close: string): boolean {
  const text = inner.replaceAll(APOSTROPHE, "");
  const first = Array.from(text).find((mark) => mark === open || mark === close);
  if (first === undefined || open !== close) return first !== close;
  return /(?:^|\s)$/.test(text.slice(0, text.indexOf(open)));
}

const APOSTROPHE = /(?<=\p{L})['’](?=\p{L})/gu;
