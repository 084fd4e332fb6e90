/** Fails a run whose Workers have logged a secret or a line of another form, or whose log nobody has collected. */
import { type LogFile, readLogFiles } from "./log-files.ts";
import { leaksIn } from "./secrets.ts";
import { violationOf } from "./wide-events.ts";

const MOST_SHOWN = 20;

/** The Workers of the run: each has answered a request. */
const SHARED_WORKERS = 2;

/** Throws where a line of any Worker on the bundle holds what it may not, or too few of them have logged. */
export async function checkLogs(bundle: string, secrets: readonly string[]): Promise<void> {
  checkLogFiles(await readLogFiles(bundle), secrets);
}

/** The same for the content of the files. */
export function checkLogFiles(files: readonly LogFile[], secrets: readonly string[] = []): void {
  const logging = files.filter(({ lines }) => lines.some(isRequest));
  if (logging.length < SHARED_WORKERS) {
    throw new Error(
      `Only ${logging.length} Workers have logged a request: the log is not collected`,
    );
  }
  const lines = files.flatMap((file) => file.lines);
  refuse(
    "hold what no log may hold",
    lines.flatMap((line) => describe(line, secrets)),
  );
  refuse(
    "have not the form of their event",
    lines.flatMap((line) => violationOf(line) ?? []),
  );
}

function refuse(what: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  const shown = faults.slice(0, MOST_SHOWN).join("\n");
  throw new Error(`${faults.length} log lines of the Workers ${what}:\n${shown}`);
}

const isRequest = (line: string) => line.includes('"event":"request"');

function describe(line: string, secrets: readonly string[]): string[] {
  const leaks = leaksIn(line, secrets);
  return leaks.length === 0 ? [] : [`${leaks.join(", ")}: ${line}`];
}
