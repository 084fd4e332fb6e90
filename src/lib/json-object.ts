/** JSON as models write it. */

/** The object of an answer, whatever stands around it: models like to put a fence there. Undefined without one. */
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
