/** Detects whether the server has pgvector, by the first statement that needs it. */
import type { Db } from "../../db/client.ts";
import { isUndefinedObject } from "../../db/errors.ts";

/** The vector of a question. Vectors of different models are not comparable. */
export type QuestionVector = { model: string; values: number[] };

/** Servers without pgvector. Lives in the isolate: losing it costs one more failed statement. */
const withoutVectors = new WeakSet<Db>();

/** Runs a query that needs pgvector, or `otherwise` if the server does not have it. */
export async function whereVectors<T>(
  db: Db,
  run: () => Promise<T>,
  otherwise: () => Promise<T>,
): Promise<T> {
  if (withoutVectors.has(db)) return otherwise();
  try {
    return await run();
  } catch (error) {
    if (!isUndefinedObject(error)) throw error;
    withoutVectors.add(db);
    return otherwise();
  }
}

export function lacksVectors(db: Db): boolean {
  return withoutVectors.has(db);
}

/** The width of the column; padding with zeros does not change cosine distances. */
const WIDTH = 1_536;

/** A vector in pgvector's text format, padded or cut to the column's width. */
export function toVectorText(values: number[]): string {
  const filled = [
    ...values.slice(0, WIDTH),
    ...Array<number>(Math.max(0, WIDTH - values.length)).fill(0),
  ];
  // The distance of a vector without a direction is NaN, which sorts before every other.
  if (!filled.some(Boolean)) filled[WIDTH - 1] = 1;
  return `[${filled.join(",")}]`;
}
