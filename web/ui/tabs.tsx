/** Sections of a view, each with an address of its own: links, so that back, forward and new tabs work. */
import { Link } from "../app/router.tsx";

export type Tab = { to: string; label: string };

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ to, label }) => (
        <Link key={to} to={to} class="tab">
          {label}
        </Link>
      ))}
    </nav>
  );
}
