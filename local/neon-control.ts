/** What a test may see and do at the local Neon: the calls that were made, and faults to come. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { readText, sendJson } from "./http-server.ts";

/** One HTTP request of the driver, which is one round trip. */
export type NeonCall = { sequence: number; at: number; body: string };

export type NeonFault = {
  /** Hits calls whose SQL or parameters hold this text. */
  contains: string;
  /** How many calls it hits before it is gone. */
  times: number;
  /**
   * `refuse` closes the connection before anything happens, `cut_after_commit` after it happened,
   * `garble_after_commit` answers with what is no JSON then, `status` answers like a broken proxy,
   * `delay` waits before it happens.
   */
  kind: "refuse" | "status" | "delay" | "cut_after_commit" | "garble_after_commit";
  status?: number;
  delayMs?: number;
};

const KEPT_CALLS = 20_000;
const PREFIX = "/_control/";

export class NeonControl {
  readonly #faults = new Map<string, NeonFault>();
  #calls: NeonCall[] = [];
  #sequence = 0;

  /** Notes a call, and finds the fault that it is to suffer. */
  record(body: string): NeonFault | undefined {
    this.#calls.push({ sequence: ++this.#sequence, at: Date.now(), body });
    if (this.#calls.length > KEPT_CALLS) this.#calls = this.#calls.slice(-KEPT_CALLS / 2);
    for (const [id, fault] of this.#faults) {
      if (!body.includes(fault.contains)) continue;
      if (--fault.times <= 0) this.#faults.delete(id);
      return fault;
    }
    return undefined;
  }

  /** True when the fault answers in the database's place. */
  async before(fault: NeonFault, response: ServerResponse): Promise<boolean> {
    if (fault.kind === "delay") await delay(fault.delayMs ?? 0);
    if (fault.kind === "refuse") response.destroy();
    if (fault.kind === "status") sendJson(response, fault.status ?? 500, "upstream says: secret");
    return fault.kind === "refuse" || fault.kind === "status";
  }

  /** True when the fault swallows the answer of what has happened. */
  after(fault: NeonFault, response: ServerResponse): boolean {
    if (fault.kind === "cut_after_commit") response.destroy();
    if (fault.kind === "garble_after_commit") response.end('{"results":[{"fi');
    return fault.kind === "cut_after_commit" || fault.kind === "garble_after_commit";
  }

  /** Answers `/_control/calls?contains=` and `/_control/faults/{id}`; false for other addresses. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? "/", "http://local");
    if (!url.pathname.startsWith(PREFIX)) return false;
    const [kind, id = ""] = url.pathname.slice(PREFIX.length).split("/");
    if (kind === "calls")
      sendJson(response, 200, this.#find(url.searchParams.get("contains") ?? ""));
    else await this.#changeFault(id, request, response);
    return true;
  }

  #find(text: string): NeonCall[] {
    return this.#calls.filter((call) => call.body.includes(text));
  }

  async #changeFault(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method === "DELETE") this.#faults.delete(id);
    else this.#faults.set(id, JSON.parse(await readText(request)));
    sendJson(response, 200, {});
  }
}
