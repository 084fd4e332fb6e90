/** What a test may see and do at the local Neon. */
import type { ServerResponse } from "node:http";
import { type Call, type Fault, FaultControl } from "./fault-control.ts";
import { sendJson } from "./http-server.ts";

/** One HTTP request of the driver, which is one round trip: its SQL and its parameters. */
export type NeonCall = Call;

export type NeonFault = Omit<Fault, "kind"> & {
  /**
   * `garble_after_commit` answers with what is no JSON once it has happened, `sql_error` as Postgres does
   * that refuses the call.
   */
  kind: Fault["kind"] | "garble_after_commit" | "sql_error";
  /** The SQLSTATE of `sql_error`. */
  code?: string;
};

export class NeonControl extends FaultControl<NeonFault> {
  override async before(fault: NeonFault, response: ServerResponse): Promise<boolean> {
    if (fault.kind !== "sql_error") return super.before(fault, response);
    sendJson(response, 400, { message: "refused", severity: "ERROR", code: fault.code });
    return true;
  }

  override after(fault: NeonFault, response: ServerResponse): boolean {
    if (fault.kind === "garble_after_commit") response.end('{"results":[{"fi');
    return fault.kind === "garble_after_commit" || super.after(fault, response);
  }
}
