/** JSON that fits a schema, without understanding its subject. */

export type JsonSchema = {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  minimum?: number;
};

/** Walks a schema; `write` returns the string for a property of that name. */
export function answerInJson(
  schema: JsonSchema,
  write: (name: string) => string,
  name = "",
): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return answerInJson(schema.anyOf[0] ?? {}, write, name);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return answerObject(schema.properties ?? {}, write);
    case "array":
      return schema.items ? [answerInJson(schema.items, write, name)] : [];
    case "number":
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return write(name);
  }
}

function answerObject(
  properties: Record<string, JsonSchema>,
  write: (name: string) => string,
): Record<string, unknown> {
  const entries = Object.entries(properties);
  return Object.fromEntries(entries.map(([key, value]) => [key, answerInJson(value, write, key)]));
}
