/** A response of a script's own bytes, at its own pace, ended as the script says. */
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Reply } from "./completion.ts";
import type { RawStep } from "./script.ts";

/** Sends the steps one by one; without an end of its own, the response ends normally. */
export async function sendRaw(
  { script, released }: Reply,
  response: ServerResponse,
): Promise<void> {
  const type = script.contentType ?? "text/event-stream";
  response.writeHead(script.errorStatus ?? 200, { "content-type": type });
  response.flushHeaders();
  for (const step of script.raw ?? []) {
    if (response.destroyed) return;
    if (typeof step === "object" && "end" in step) return end(step.end, response);
    await take(step, response, released);
  }
  response.end();
}

async function take(
  step: Exclude<RawStep, { end: string }>,
  response: ServerResponse,
  released: Promise<void>,
): Promise<void> {
  if (typeof step === "string") response.write(step);
  else if ("base64" in step) response.write(Buffer.from(step.base64, "base64"));
  else if ("pauseMs" in step) await delay(step.pauseMs);
  else if ("hold" in step) await released;
  else await repeat(step, response);
}

async function repeat(
  { repeat: text, everyMs, times }: Extract<RawStep, { repeat: string }>,
  response: ServerResponse,
): Promise<void> {
  for (let sent = 0; sent < times && !response.destroyed; sent++) {
    response.write(text);
    await delay(everyMs);
  }
}

function end(how: "cut" | "reset" | "open", response: ServerResponse): void {
  if (how === "cut") response.socket?.destroySoon();
  if (how === "reset") response.socket?.resetAndDestroy();
}
