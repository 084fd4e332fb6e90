/** What a test may see and do at the local Neon. */
import type { ServerResponse } from "node:http";
import { type Call, type Fault, FaultControl } from "./fault-control.ts";

/** One HTTP request of the driver, which is one round trip: its SQL and its parameters. */
export type NeonCall = Call;

export type NeonFault = Omit<Fault, "kind"> & {
  /** `garble_after_commit` answers with what is no JSON once it has happened. */
  kind: Fault["kind"] | "garble_after_commit";
};

export class NeonControl extends FaultControl<NeonFault> {
  override after(fault: NeonFault, response: ServerResponse): boolean {
    if (fault.kind === "garble_after_commit") response.end('{"results":[{"fi');
    return fault.kind === "garble_after_commit" || super.after(fault, response);
  }
}
