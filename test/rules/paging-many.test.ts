import { describePaging } from "../support/paging/describe.ts";

const { PAGING_RUNS = "250", PAGING_SEED = "20262" } = process.env;

describePaging({ numRuns: Number(PAGING_RUNS), seed: Number(PAGING_SEED) });
