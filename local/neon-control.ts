/** What a test can inspect and control in the local Neon. */
import type { ServerResponse } from "node:http";
import { type Call, type Fault, FaultControl } from "./fault-control.ts";
import { failure } from "./neon-failures.ts";

/** One HTTP request of the driver, which is one round trip: its SQL and its parameters. */
export type NeonCall = Call;

export type NeonFault = Omit<Fault, "kind"> & {
  /**
   * `garble_after_commit` answers with invalid JSON after the call took effect; `sql_error` with an error
   * of Postgres or of the proxy instead of running the call, `sql_error_after_commit` after it took effect.
   */
  kind: Fault["kind"] | "garble_after_commit" | "sql_error" | "sql_error_after_commit";
  /** The SQLSTATE of an error; empty by default, as when the connection to Postgres was lost. */
  code?: string;
};

/** The status of Neon's response to an error of Postgres. */
const SQL_ERROR = 400;

export class NeonControl extends FaultControl<NeonFault> {
  override async before(fault: NeonFault, response: ServerResponse): Promise<boolean> {
    if (fault.kind !== "sql_error") return super.before(fault, response);
    sendError(fault, response);
    return true;
  }

  override after(fault: NeonFault, response: ServerResponse): boolean {
    if (fault.kind === "garble_after_commit") response.end('{"results":[{"fi');
    else if (fault.kind === "sql_error_after_commit") sendError(fault, response);
    else return super.after(fault, response);
    return true;
  }
}

function sendError({ code = "", status = SQL_ERROR }: NeonFault, response: ServerResponse): void {
  const severity = code === "" ? "" : "ERROR";
  const { text } = failure(status, "upstream says: secret", { code, severity });
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}
