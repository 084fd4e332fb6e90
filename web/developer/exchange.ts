/** A request of the page and its response, as they went over the wire. */

/** A server-sent event, or a comment. */
export type WireEvent = {
  /** Since the request was sent. */
  atMs: number;
  sizeBytes: number;
  /** Its lines, without the empty one behind it. */
  text: string;
};

export type Exchange = {
  id: number;
  method: string;
  /** Absolute. */
  url: string;
  requestHeaders: [string, string][];
  /** Undefined where there is none, or where it is not shown. */
  requestBody: string | undefined;
  /** Why a body is not shown: it may hold a secret, or is no text. */
  withheld: string | undefined;
  /** Of the clock of the page. */
  startedAt: number;
  status: number | undefined;
  responseHeaders: [string, string][];
  /** Of a response that is no stream. */
  responseBody: string;
  events: WireEvent[];
  /** Of the response, also where it is not kept. */
  sizeBytes: number;
  /** What is kept of it. */
  characters: number;
  /** Not all of the response was kept. */
  isCut: boolean;
  /** Undefined while it is under way. */
  tookMs: number | undefined;
  failure: string | undefined;
};

/** The path with its query. */
export function pathOf({ url }: Pick<Exchange, "url">): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** The exchanges from the newest message on; all of them where there is none. */
export function lastTurnOf(all: readonly Exchange[]): readonly Exchange[] {
  const index = all.findLastIndex(
    (one) => one.method === "POST" && new URL(one.url).pathname === "/ai-sdk/chat",
  );
  return all.slice(Math.max(index, 0));
}

/** Drops the oldest exchanges until the others are within the bounds; the newest stays. */
export function dropOldest(kept: Exchange[], mostExchanges: number, mostCharacters: number): void {
  let characters = kept.reduce((total, one) => total + one.characters, 0);
  while (kept.length > 1 && (kept.length > mostExchanges || characters > mostCharacters)) {
    characters -= kept.shift()?.characters ?? 0;
  }
}
