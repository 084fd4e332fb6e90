/**
 * Asks a question in a chat, and reads the answer's events as they come: for browsers and Node, without packages.
 * A lost connection is resumed after the last event that arrived, so no event is missing or comes twice.
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const MOST_FAILURES = 8;

/**
 * Yields `{ id, event, data }` in order; the last is `stream_complete`. Throws the API's problem where it refuses,
 * for example `turn_in_progress`.
 *
 * @param {{ url: string, token: string, signal?: AbortSignal }} api
 * @param {string} chatId
 * @param {string} content
 * @returns {AsyncGenerator<{ id: string, event: string, data: Record<string, unknown> }, void>}
 */
export async function* askInChat(api, chatId, content) {
  // Repeated under the same key, the request attaches to the answer that it began.
  const turn = { chatId, content, key: crypto.randomUUID(), lastId: "" };
  for (let failures = 0; failures < MOST_FAILURES; failures++) {
    const before = turn.lastId;
    const isOver = yield* readOn(api, turn);
    if (isOver) return;
    if (turn.lastId !== before) failures = 0;
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
  }
  throw new Error("The connection was lost, and could not be made again.");
}

/** Reads until the end, which is true, or until the connection is lost. */
async function* readOn(api, turn) {
  try {
    const response = await open(api, turn);
    for await (const event of readEvents(response)) {
      turn.lastId = event.id || turn.lastId;
      yield event;
      if (event.event === "stream_complete") return true;
    }
    // Nothing is left to read.
    return response.status === 204;
  } catch (error) {
    if (error.problem || api.signal?.aborted) throw error;
    return false;
  }
}

/** The question, or, once an event has arrived, the rest of its answer. */
async function open({ url, token, signal }, { chatId, content, key, lastId }) {
  const authorization = `Bearer ${token}`;
  const response = lastId
    ? await fetch(`${url}/chats/${chatId}/stream`, {
        headers: { authorization, "last-event-id": lastId },
        signal,
      })
    : await fetch(`${url}/chats/${chatId}/messages/stream`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ content }),
        signal,
      });
  if (response.ok || response.status >= 500) return response;
  const problem = await response.json();
  throw Object.assign(new Error(problem.detail), { problem });
}

/** Parses server-sent events; a comment, such as a heartbeat, is no event. */
async function* readEvents(response) {
  if (!response.ok || !response.body)
    throw new Error(`The response has status ${response.status}.`);
  const decoder = new TextDecoder();
  let buffer = "";
  for await (const chunk of piecesOf(response.body)) {
    buffer += decoder.decode(chunk, { stream: true });
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event.data !== undefined) yield event;
    }
  }
}

function parseEvent(block) {
  const fields = Object.fromEntries(
    block
      .split("\n")
      .filter((line) => !line.startsWith(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return { ...fields, data: fields.data && JSON.parse(fields.data) };
}

/** Safari cannot iterate a stream. */
async function* piecesOf(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops reading also closes the connection; the answer goes on.
    await reader.cancel().catch(() => undefined);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
