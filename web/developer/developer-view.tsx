/** Where the developer's view is shown: its script is loaded when it is first opened. */
import { LazyPage } from "../app/lazy-page.tsx";
import { isDeveloperViewOpen } from "./open.ts";

const developer = () => import("./developer-page.tsx");

export function DeveloperView() {
  return isDeveloperViewOpen.value ? <LazyPage load={developer} params={{}} /> : null;
}
