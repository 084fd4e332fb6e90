/** What the world of a run tells its tests. */
import type { Vars } from "./worker.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The Worker on workerd alone: a request takes a tenth of the time there. */
    workerUrl: string;
    /** The same with the platform around it: queues, the cron, and the assets of the documentation. */
    platformUrl: string;
    /** Creates accounts of these two without a registration. */
    accountsUrl: string;
    neonUrl: string;
    providerUrl: string;
    /** The URL of the bucket; its content is shared by all tests. */
    s3Url: string;
    /** The bearer tokens of the stand-ins' control endpoints. */
    controlKeys: { neon: string; provider: string; s3: string; mail: string };
    /** The URL of the stand-in for SES. */
    mailUrl: string;
    /** The variables with which a Worker sends mails; those of the run's own Workers are without. */
    mailVars: Vars;
    /** The environment of the Worker, for a test that starts one with other values. */
    vars: Vars;
    /** An archive of an empty Postgres to start from. */
    emptyPostgres: string;
    /** Where the built Worker lies. */
    workerFolder: string;
  }
}
