import { expect, it } from "vitest";
import { ROUTES_OF_LISTS } from "../support/paging/lists.ts";
import { readOperations } from "../support/routes.ts";

/** What continues a list. */
const CONTINUES = new Set(["cursor", "before", "after", "offset"]);

it("Every paged list of the product is paged through", async () => {
  const paged = (await readOperations()).filter(({ method, parameters }) => {
    const names: string[] = parameters.map(({ name }) => name);
    const isList = names.includes("limit") && names.some((name) => CONTINUES.has(name));
    return method === "GET" && isList;
  });
  const routes = new Set(Object.values(ROUTES_OF_LISTS));
  expect(paged.map(({ path }) => path).toSorted()).toEqual([...routes].toSorted());
});
