import { expect, it } from "vitest";
import type { Body } from "../support/client.ts";
import { describePaging } from "../support/paging/describe.ts";
import { ROUTES_OF_LISTS } from "../support/paging/lists.ts";
import { readDocument } from "../support/routes.ts";

describePaging({ numRuns: 8, seed: 20_261 });

/** What continues a list. */
const CONTINUES = new Set(["cursor", "before", "after", "offset"]);

it("Every paged list of the product is paged through", async () => {
  const document = await readDocument();
  const paged = Object.entries<Body>(document.paths).filter(([, { get }]) => {
    const names: string[] = (get?.parameters ?? []).map(({ name }: Body) => name);
    return names.includes("limit") && names.some((name) => CONTINUES.has(name));
  });
  const routes = new Set(Object.values(ROUTES_OF_LISTS));
  expect(paged.map(([path]) => path).toSorted()).toEqual([...routes].toSorted());
});
