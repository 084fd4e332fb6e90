/** Which view the address names: by signals, on the history of the browser. */
import { computed, signal } from "@preact/signals";
import type { ComponentChildren, TargetedMouseEvent } from "preact";

/** The prefix of every path of the page. */
export const BASE = "/app";

const address = signal(readAddress());

/** The path without a slash at its end. */
export const path = computed(() => address.value.pathname.replace(/(?<=.)\/$/, ""));

/** The query of the address. */
export const query = computed(() => address.value.searchParams);

function readAddress(): URL {
  return new URL(window.location.href);
}

/** Opens a path of the page, such as `/app/documents`; `replace` leaves no entry in the history. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  address.value = readAddress();
}

window.addEventListener("popstate", () => (address.value = readAddress()));

type LinkProps = {
  to: string;
  class?: string;
  title?: string;
  "aria-label"?: string;
  children: ComponentChildren;
};

/** A link to a view, marked as current where it leads to the one that is shown. */
export function Link({ to, children, ...rest }: LinkProps) {
  const isCurrent = path.value === to.replace(/[?#].*/, "");
  return (
    <a {...rest} href={to} aria-current={isCurrent ? "page" : undefined} onClick={onLinkClick}>
      {children}
    </a>
  );
}

/** Leaves to the browser what opens elsewhere. */
function onLinkClick(event: TargetedMouseEvent<HTMLAnchorElement>): void {
  const isPlain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!isPlain || event.button !== 0 || event.defaultPrevented) return;
  event.preventDefault();
  navigate(event.currentTarget.href);
}
