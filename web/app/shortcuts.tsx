/** What the keyboard does anywhere on the page. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { toggleDeveloperView } from "../developer/open.ts";
import { Dialog } from "../ui/dialog.tsx";
import { navigate } from "./router.tsx";
import { isDrawerOpen } from "./drawer.ts";

export const SEARCH_ID = "search-chats";
export const COMPOSER_ID = "composer";

type Shortcut = {
  keys: string;
  does: string;
  matches: (event: KeyboardEvent) => boolean;
  run: () => void;
};

const isHelpOpen = signal(false);

/** Shows the list of shortcuts. */
export function openShortcuts(): void {
  isHelpOpen.value = true;
}

/** With Ctrl, or with the command key of a Mac. */
const withControl = ({ ctrlKey, metaKey, altKey }: KeyboardEvent) =>
  (ctrlKey || metaKey) && !altKey;

const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: "Ctrl Shift O",
    does: "Start a new chat",
    matches: (event) => withControl(event) && event.shiftKey && event.code === "KeyO",
    run: () => navigate("/app"),
  },
  {
    keys: "Ctrl K",
    does: "Search the chats",
    matches: (event) => withControl(event) && !event.shiftKey && event.code === "KeyK",
    run: () => {
      isDrawerOpen.value = true;
      focusOn(SEARCH_ID);
    },
  },
  {
    keys: "Shift Esc",
    does: "Go to the message field",
    matches: (event) => event.shiftKey && event.key === "Escape",
    run: () => focusOn(COMPOSER_ID),
  },
  {
    keys: "Ctrl .",
    does: "Open or close the developer's view",
    matches: (event) => withControl(event) && event.key === ".",
    run: toggleDeveloperView,
  },
  {
    keys: "Ctrl /",
    does: "Show this list",
    matches: (event) => withControl(event) && event.key === "/",
    run: openShortcuts,
  },
];

/** What the message field does by itself. */
const IN_COMPOSER = [
  { keys: "Enter", does: "Send the message" },
  { keys: "Shift Enter", does: "Begin a new line" },
  { keys: "Esc", does: "Stop the answer" },
];

function focusOn(id: string): void {
  // Once what is hidden is shown.
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${id}`)?.focus());
}

/** Listens to the keyboard, and shows the list of shortcuts when it is asked for. */
export function Shortcuts() {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const found = SHORTCUTS.find(({ matches }) => matches(event));
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  if (!isHelpOpen.value) return null;
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => (isHelpOpen.value = false)}>
      <dl class="shortcuts">
        {[...SHORTCUTS, ...IN_COMPOSER].map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
