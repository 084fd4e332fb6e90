/** The ids of imported rows: the same in every run. */
import { v5 } from "uuid";
import { isId } from "../../src/lib/ids.ts";

/** Any UUID, the same for all runs. */
const NAMESPACE = "7c0f1c0e-6c7b-4a5e-9b4e-3d1f0a2b8c91";

/** An id that is a UUID stays; any other text gives a UUID of its own. */
export function toNewId(table: string, id: string): string {
  return isId(id) ? id.toLowerCase() : v5(`${table}:${id}`, NAMESPACE);
}
