export type ModelClient = object;
export function createModelClient(_c: unknown): ModelClient {
  return {};
}
