import { describeWires } from "../support/wires/describe.ts";

const { WIRES_RUNS = "60" } = process.env;

describeWires({ numRuns: Number(WIRES_RUNS) });
