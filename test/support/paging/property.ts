/** What holds for paging through any list, whatever is added to it and removed from it meanwhile. */
import fc from "fast-check";
import type { SignedIn } from "../client.ts";
import { type Page, type PagedList, readPage } from "./lists.ts";

const MOST_ROWS = 12;
const PLACES = 6;

/** `nr`: of the row to remove, counted through all that were ever added; the last that was read without it. */
type Act = { kind: "add"; place: number } | { kind: "remove"; nr: number | undefined };

type Step = { acts: Act[]; isParallel: boolean };

const NOTHING: Step = { acts: [], isParallel: false };

type Plan = { places: number[]; limit: number; steps: Step[] };

const place = fc.nat(PLACES);

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), place }),
  fc.record({
    kind: fc.constant("remove" as const),
    nr: fc.option(fc.nat(2 * MOST_ROWS), { nil: undefined }),
  }),
);

/** A step for each page from the first on, until they are used up. */
const step = fc.record({ acts: fc.array(act, { maxLength: 3 }), isParallel: fc.boolean() });

export const plans: fc.Arbitrary<Plan> = fc.record({
  places: fc.array(place, { maxLength: MOST_ROWS }),
  limit: fc.integer({ min: 1, max: MOST_ROWS + 2 }),
  steps: fc.array(step, { maxLength: MOST_ROWS }),
});

type Walk = { pages: string[][]; removed: Set<string>; isEnded: boolean };

/** What is wrong with paging through the list; empty where nothing is. */
export async function faultsOf(of: SignedIn, list: PagedList, plan: Plan): Promise<string[]> {
  await list.clear();
  const initial = await list.add(plan.places);
  const { pages, removed, isEnded } = await walk(of, list, plan, initial);
  const seen = pages.flat();
  const stayed = new Set(initial.filter((id) => !removed.has(id)));
  const inOrder = await readAtRest(of, list);
  const expected = inOrder.filter((id) => stayed.has(id));
  const shown = seen.filter((id) => stayed.has(id));
  return [
    ...(isEnded ? [] : ["the pages do not end"]),
    ...(pages.every(({ length }) => length <= plan.limit) ? [] : ["a page is too long"]),
    ...seen.filter((id, index) => seen.indexOf(id) !== index).map((id) => `${id} comes twice`),
    ...expected.filter((id) => !shown.includes(id)).map((id) => `${id} is missed`),
    ...(shown.join() === expected.join() ? [] : ["the rows are not in order"]),
    ...(expected.length === stayed.size ? [] : ["the list has lost a row"]),
  ];
}

/** The whole list, in its order. */
async function readAtRest(of: SignedIn, list: PagedList): Promise<string[]> {
  const ids: string[] = [];
  let path: string | undefined = `${list.path()}limit=20`;
  while (path !== undefined) {
    const page: Page = await readPage(of, list, path);
    ids.push(...page.ids);
    path = page.next;
  }
  return ids;
}

/** Follows the pages to their end, and carries out the steps before or during each. */
async function walk(
  of: SignedIn,
  list: PagedList,
  { limit, steps }: Plan,
  initial: readonly string[],
): Promise<Walk> {
  const known = [...initial];
  const removed = new Set<string>();
  const pages: string[][] = [];
  const most = known.length + steps.flatMap(({ acts }) => acts).length + OTHERS;
  let path: string | undefined = `${list.path()}limit=${limit}`;
  for (let nr = 0; path !== undefined && nr <= most; nr++) {
    const { acts, isParallel } = steps[nr] ?? NOTHING;
    const work = () => carryOut(list, acts, { known, removed, last: pages.at(-1)?.at(-1) });
    if (!isParallel) await work();
    const reading: Promise<Page> = readPage(of, list, path);
    const [page] = await Promise.all([reading, isParallel ? work() : undefined]);
    pages.push(page.ids);
    path = page.next;
  }
  return { pages, removed, isEnded: path === undefined };
}

/** Rows that are not of the run, such as the session of the reader, and an empty page. */
const OTHERS = 10;

type Rows = { known: string[]; removed: Set<string>; last: string | undefined };

async function carryOut(list: PagedList, acts: Act[], rows: Rows): Promise<void> {
  const { known, removed, last } = rows;
  for (const act of acts) {
    if (act.kind === "add") known.push(...(await list.add([act.place])));
    else {
      const id = act.nr === undefined ? last : known[act.nr % Math.max(known.length, 1)];
      // Rows that are not of the run stay.
      if (id === undefined || !known.includes(id) || removed.has(id)) continue;
      for (const gone of (await list.remove?.(id)) ?? []) removed.add(gone);
    }
  }
}
