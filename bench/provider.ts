/**
 * The provider of the bench, in a process of its own: 50 ms to the first token, or as many as its environment says,
 * then 50 tokens 10 ms apart. Each token is the time at which it was sent, so that the client can measure the delay.
 * A user message that contains `[held]` gets one token and then a long pause; one that contains `[many]`, many tokens; one that contains
 * `[long]`, as many in ten seconds.
 */
import { listen, readText } from "../local/http-server.ts";

const TOKENS = 50;
const FIRST_TOKEN_MS = Number(process.env.BENCH_FIRST_TOKEN_MS ?? 50);
const TOKEN_MS = 10;
const LONG_TOKEN_MS = 20;
const HELD_MS = 45_000;
const MANY_TOKENS = 500;

const now = () => performance.timeOrigin + performance.now();

const chunk = (delta: object, finishReason: string | null) =>
  `data: ${JSON.stringify({ id: "bench", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

const FINISH = `${chunk({}, "stop")}data: {"id":"bench","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150}}\n\ndata: [DONE]\n\n`;

const server = await listen(async (request, response) => {
  const question = await readText(request);
  const isHeld = question.includes("[held]");
  const isLong = question.includes("[long]");
  const tokens = isLong || question.includes("[many]") ? MANY_TOKENS : TOKENS;
  const tokenMs = isLong ? LONG_TOKEN_MS : TOKEN_MS;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const startedAt = now();
  let sent = 0;
  const send = () => {
    if (sent++ === tokens) {
      response.end(FINISH);
      return;
    }
    response.write(chunk({ content: `${now().toFixed(3)} ` }, null));
    const dueAt = startedAt + FIRST_TOKEN_MS + sent * tokenMs;
    setTimeout(send, isHeld ? HELD_MS : Math.max(dueAt - now(), 0));
  };
  setTimeout(send, FIRST_TOKEN_MS);
});

process.send?.({ url: `${server.origin}/v1` });
