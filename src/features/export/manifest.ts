/** What an archive contains and what it lacks: its last entry, so that an archive without one is incomplete. */
import type { Problem } from "../../lib/problem.ts";

/** Why an entry is missing, or shorter than it should be. */
type Reason = "deleted_meanwhile" | "missing_in_storage" | Problem["code"];

type Fault = { entry: string; reason: Reason };

/** The most faults that are named; all are counted. */
const MOST_NAMED = 10_000;

export class Manifest {
  readonly #faults: Fault[] = [];
  #faultCount = 0;
  #entryCount = 0;

  addEntry(): void {
    this.#entryCount += 1;
  }

  addFault(entry: string, reason: Reason): void {
    this.#faultCount += 1;
    if (this.#faults.length < MOST_NAMED) this.#faults.push({ entry, reason });
  }

  /** `at`: when the export began, ISO 8601. `entries` counts those before the manifest. */
  toJson(userId: string, at: string): string {
    const manifest = {
      user_id: userId,
      exported_at: at,
      complete: this.#faultCount === 0,
      entries: this.#entryCount,
      error_count: this.#faultCount,
      errors: this.#faults,
    };
    return `${JSON.stringify(manifest, null, 2)}\n`;
  }
}
