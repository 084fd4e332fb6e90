/** The entry of the page at `/app`. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { loadSession } from "./api/session.ts";
import { applyTheme } from "./app/theme.ts";

const root = document.querySelector("#app");
if (!root) throw new Error("The document has no #app.");

applyTheme();
void loadSession();
render(<App />, root);
