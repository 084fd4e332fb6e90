/** Parses JSON in a model's answer. */

/** The JSON object in an answer, ignoring text around it, such as a code fence; undefined without one. */
export function parseObject(answer: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(
      answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1),
    );
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
