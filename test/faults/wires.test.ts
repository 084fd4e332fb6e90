import { describeWires } from "../support/wires/describe.ts";

describeWires({ numRuns: 4 });
