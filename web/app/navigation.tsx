/** The sections of the page, and who is signed in. */
import type { Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { signOut } from "../api/session.ts";
import { toggleDeveloperView } from "../developer/open.ts";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Link } from "./router.tsx";
import { toast } from "./toast.tsx";
import { openShortcuts } from "./shortcuts.tsx";
import { setTheme, theme, THEMES } from "./theme.ts";

const SECTIONS: { to: string; label: string; icon: IconName }[] = [
  { to: "/app/documents", label: "Documents", icon: "document" },
  { to: "/app/usage", label: "Usage", icon: "chart" },
  { to: "/app/account", label: "Account", icon: "person" },
];

/** Offered to administrators; to others the API has no such routes. */
const ADMINISTRATION: (typeof SECTIONS)[number] = {
  to: "/app/admin",
  label: "Administration",
  icon: "shield",
};

export function Navigation({ user }: { user: Schemas["User"] }) {
  return (
    <div class="sidebar-foot">
      <nav aria-label="Sections">
        <ul class="sections">
          {(user.role === "admin" ? [...SECTIONS, ADMINISTRATION] : SECTIONS).map(
            ({ to, label, icon }) => (
              <li key={to}>
                <Link to={to} class="section-link">
                  <Icon name={icon} />
                  {label}
                </Link>
              </li>
            ),
          )}
        </ul>
      </nav>
      <div class="who">
        <span class="who-name" title={user.email}>
          {user.name}
        </span>
        <Button icon="keyboard" label="Keyboard shortcuts" onClick={openShortcuts} />
        <Button icon="code" label="Developer's view" onClick={toggleDeveloperView} />
        <ThemeButton />
        <Button icon="sign-out" label="Sign out" onClick={() => void leave()} />
      </div>
    </div>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}

const NAMES = { system: "as the system", light: "light", dark: "dark" } as const;

/** Goes through the themes. */
function ThemeButton() {
  const now = theme.value;
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? "system";
  const icon = ({ system: "theme", light: "sun", dark: "moon" } as const)[now];
  return (
    <Button
      icon={icon}
      label={`Colours: ${NAMES[now]}. Change to ${NAMES[next]}`}
      onClick={() => setTheme(next)}
    />
  );
}
