/** Whether a server has pgvector: known by the first statement that needs it. */
import type { Db } from "../../db/client.ts";
import { namesUnknown } from "../../db/errors.ts";

/** The question as a vector. Vectors of different models cannot be compared. */
export type QuestionVector = { model: string; values: number[] };

/** Servers known to lack it; an isolate that loses this asks once more. */
const withoutVectors = new WeakSet<Db>();

/** Runs what needs vectors; `otherwise` where there are none. */
export async function whereVectors<T>(
  db: Db,
  run: () => Promise<T>,
  otherwise: () => Promise<T>,
): Promise<T> {
  if (withoutVectors.has(db)) return otherwise();
  try {
    return await run();
  } catch (error) {
    if (!namesUnknown(error)) throw error;
    withoutVectors.add(db);
    return otherwise();
  }
}

export function lacksVectors(db: Db): boolean {
  return withoutVectors.has(db);
}

/** As wide as the column; zeros change no angle. */
const WIDTH = 1_536;

/** A vector as pgvector reads it. */
export function toVectorText(values: number[]): string {
  const filled = [
    ...values.slice(0, WIDTH),
    ...Array<number>(Math.max(0, WIDTH - values.length)).fill(0),
  ];
  return `[${filled.join(",")}]`;
}
