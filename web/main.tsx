/** The entry of the page at `/app`. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { loadSession } from "./api/session.ts";
import { applyTheme } from "./app/theme.ts";

// zod, which comes with a chat, would try to compile its schemas: the policy of the page refuses and reports that. Its own
// `config({ jitless: true })` sets the same, but would be loaded before the first paint.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

const root = document.querySelector("#app");
if (!root) throw new Error("The document has no #app.");

applyTheme();
void loadSession();
render(<App />, root);
