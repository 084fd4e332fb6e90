/** What a test can inspect and control in a stand-in: the calls that were made, and faults to inject. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { readText, sendJson } from "./http-server.ts";
import { refusalOfControl, sendRefusal } from "./request-guard.ts";
import { newSecret } from "./secrets.ts";

/** One HTTP request, as the text that identifies it. */
export type Call = { sequence: number; at: number; body: string };

export type Fault = {
  /** Applies to calls that contain this text. */
  contains: string;
  /** How many calls it applies to. */
  times: number;
  /** How many calls it skips first. */
  skip?: number;
  /**
   * `refuse` closes the connection before the call takes effect, `cut_after_commit` after, `status` answers
   * like a broken proxy, `delay` waits first.
   */
  kind: "refuse" | "status" | "delay" | "cut_after_commit";
  status?: number;
  delayMs?: number;
};

const KEPT_CALLS = 20_000;
const PREFIX = "/_control/";

export class FaultControl<Known extends Omit<Fault, "kind"> & { kind: string } = Fault> {
  /** The bearer token of `/_control/`. */
  readonly key = newSecret();
  readonly #faults = new Map<string, Known>();
  #calls: Call[] = [];
  #sequence = 0;

  /** Records a call, and returns the fault that applies to it. */
  record(body: string): Known | undefined {
    this.#calls.push({ sequence: ++this.#sequence, at: Date.now(), body });
    if (this.#calls.length > KEPT_CALLS) this.#calls = this.#calls.slice(-KEPT_CALLS / 2);
    for (const [id, fault] of this.#faults) {
      if (!body.includes(fault.contains)) continue;
      if (fault.skip) {
        fault.skip--;
        continue;
      }
      if (--fault.times <= 0) this.#faults.delete(id);
      return fault;
    }
    return undefined;
  }

  /** True when the fault answers in place of the service. */
  async before(fault: Known, response: ServerResponse): Promise<boolean> {
    if (fault.kind === "delay") await delay(fault.delayMs ?? 0);
    if (fault.kind === "refuse") response.destroy();
    if (fault.kind === "status") sendJson(response, fault.status ?? 500, "upstream says: secret");
    return fault.kind === "refuse" || fault.kind === "status";
  }

  /** True when the fault drops the response of a call that took effect. */
  after(fault: Known, response: ServerResponse): boolean {
    if (fault.kind === "cut_after_commit") response.destroy();
    return fault.kind === "cut_after_commit";
  }

  /** Serves `/_control/calls?contains=` and `/_control/faults/{id}`; false for other paths. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? "/", "http://local");
    if (!url.pathname.startsWith(PREFIX)) return false;
    const refusal = refusalOfControl(request, this.key);
    if (refusal) sendRefusal(response, refusal);
    else await this.serve(url, request, response);
    return true;
  }

  protected async serve(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const [kind, id = ""] = url.pathname.slice(PREFIX.length).split("/");
    const text = url.searchParams.get("contains") ?? "";
    if (kind === "calls") {
      return sendJson(
        response,
        200,
        this.#calls.filter(({ body }) => body.includes(text)),
      );
    }
    if (request.method === "DELETE") this.#faults.delete(id);
    else this.#faults.set(id, JSON.parse(await readText(request)));
    sendJson(response, 200, {});
  }
}
