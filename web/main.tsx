/** The entry of the page at `/app`. */
import { render } from "preact";
import { config } from "zod/v4/core";
import { App } from "./app/app.tsx";
import { loadSession } from "./api/session.ts";
import { applyTheme } from "./app/theme.ts";

// Before a chat is loaded, whose schemas it would try to compile: the policy of the page refuses and reports that.
config({ jitless: true });

const root = document.querySelector("#app");
if (!root) throw new Error("The document has no #app.");

applyTheme();
void loadSession();
render(<App />, root);
