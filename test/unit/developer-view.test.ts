import { describe, expect, it } from "vitest";
import { toCurl } from "../../web/developer/curl.ts";
import { dropOldest, type Exchange, lastTurnOf } from "../../web/developer/exchange.ts";
import { containsWords, eventsWithWords } from "../../web/developer/filter.ts";
import { toPrettyEvent } from "../../web/developer/pretty.ts";
import { hasSecretBodies, publicHeaders, withoutSignatures } from "../../web/developer/secrets.ts";

function exchange(given: Partial<Exchange> = {}): Exchange {
  return {
    id: 1,
    method: "GET",
    url: "http://localhost:8787/chats?limit=10",
    requestHeaders: [],
    requestBody: undefined,
    withheld: undefined,
    startedAt: 0,
    status: 200,
    responseHeaders: [],
    responseBody: "",
    events: [],
    sizeBytes: 0,
    characters: 0,
    isCut: false,
    tookMs: 1,
    failure: undefined,
    ...given,
  };
}

describe("a line of curl", () => {
  it("has the method, the headers and the body, and the token of the shell", () => {
    const body = `{"text":"it's $HOME, \`id\` and \\"x\\""}`;
    const requestHeaders: [string, string][] = [
      ["content-type", "application/json"],
      ["content-length", "9"],
    ];
    const line = toCurl(exchange({ method: "PATCH", requestBody: body, requestHeaders }));
    expect(line).toBe(
      [
        "curl -N 'http://localhost:8787/chats?limit=10'",
        "-X PATCH",
        '-H "authorization: Bearer $TOKEN"',
        "-H 'content-type: application/json'",
        `--data-raw '${body.replace("'", String.raw`'\''`)}'`,
      ].join(" \\\n  "),
    );
  });

  it("is not offered for a body that was not kept", () => {
    expect(toCurl(exchange({ withheld: "it is no text" }))).toBeUndefined();
  });
});

describe("what the developer's view keeps", () => {
  it("is bounded: the oldest go first, the newest stays", () => {
    const kept = [1, 2, 3, 4].map((id) => exchange({ id, characters: 100 }));
    dropOldest(kept, 3, 1_000);
    expect(kept.map(({ id }) => id)).toEqual([2, 3, 4]);
    dropOldest(kept, 3, 200);
    expect(kept.map(({ id }) => id)).toEqual([3, 4]);
    dropOldest(kept, 3, 10);
    expect(kept.map(({ id }) => id)).toEqual([4]);
  });

  it("has no secret", () => {
    const headers = new Headers({ authorization: "Bearer x", cookie: "a=b", accept: "*/*" });
    expect(publicHeaders(headers)).toEqual([["accept", "*/*"]]);
    for (const path of ["/auth/login", "/auth/totp/confirm", "/users/me", "/ws/tickets"]) {
      expect(hasSecretBodies(path), path).toBe(true);
    }
    for (const path of ["/chats", "/authors", "/ai-sdk/chat"]) {
      expect(hasSecretBodies(path), path).toBe(false);
    }
    const url = '{"url":"https://b.example/f?X-Amz-Date=1&X-Amz-Signature=abc123&x=1"}';
    expect(withoutSignatures(url)).toBe(
      '{"url":"https://b.example/f?X-Amz-Date=1&X-Amz-Signature=…&x=1"}',
    );
  });
});

describe("what the developer's view shows", () => {
  const turn = exchange({
    id: 2,
    method: "POST",
    url: "http://localhost:8787/ai-sdk/chat",
    events: [
      { atMs: 1, sizeBytes: 9, text: 'data: {"type":"start"}' },
      { atMs: 2, sizeBytes: 9, text: 'data: {"type":"finish"}' },
    ],
  });

  it("begins with the newest message", () => {
    const all = [exchange(), turn, exchange({ id: 3 })];
    expect(lastTurnOf(all).map(({ id }) => id)).toEqual([2, 3]);
    expect(lastTurnOf([exchange()])).toHaveLength(1);
  });

  it("are the events with the words, or all where the request has them", () => {
    expect(containsWords(turn, " FINISH ")).toBe(true);
    expect(eventsWithWords(turn, "finish")).toHaveLength(1);
    expect(eventsWithWords(turn, "ai-sdk")).toHaveLength(2);
    expect(containsWords(turn, "nothing")).toBe(false);
  });

  it("is JSON with indents, and everything else as it came", () => {
    expect(toPrettyEvent('id: 1\ndata: {"a":1}')).toBe('id: 1\ndata: {\n  "a": 1\n}');
    expect(toPrettyEvent("data: [DONE]")).toBe("data: [DONE]");
    expect(toPrettyEvent(": open")).toBe(": open");
  });
});
