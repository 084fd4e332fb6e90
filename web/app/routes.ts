/** The views by their paths: each is a script of its own, loaded when it is first opened. */
import type { ComponentType } from "preact";

/** The parts of the path that the pattern names: `/app/documents/:id`. */
export type Params = Record<string, string>;

/** A module of a view exports its component as `Page`. */
export type PageModule = { Page: ComponentType<{ params: Params }> };

export type Route = {
  pattern: string;
  title: string;
  load: () => Promise<PageModule>;
  /** True for a view that nobody needs to sign in for. */
  isOpen?: boolean;
};

const chats = () => import("../chats/chat-page.tsx");

const ROUTES: readonly Route[] = [
  { pattern: "/app", title: "New chat", load: chats },
  { pattern: "/app/chats/:id", title: "Chat", load: chats },
  {
    pattern: "/app/documents",
    title: "Documents",
    load: () => import("../documents/documents-page.tsx"),
  },
  {
    pattern: "/app/documents/:id",
    title: "Document",
    load: () => import("../documents/document-page.tsx"),
  },
  {
    pattern: "/app/documents/:id/report",
    title: "Analysis",
    load: () => import("../analysis/report-page.tsx"),
  },
  { pattern: "/app/usage", title: "Usage", load: () => import("../usage/usage-page.tsx") },
  { pattern: "/app/account", title: "Account", load: () => import("../account/account-page.tsx") },
  {
    pattern: "/app/account/:section",
    title: "Account",
    load: () => import("../account/account-page.tsx"),
  },
  {
    pattern: "/app/erasures/:id",
    title: "Deletion",
    load: () => import("../account/erasure-page.tsx"),
    isOpen: true,
  },
  { pattern: "/app/admin", title: "Administration", load: () => import("../admin/admin-page.tsx") },
  {
    pattern: "/app/admin/:section",
    title: "Administration",
    load: () => import("../admin/admin-page.tsx"),
  },
];

/** The route of a path and what its pattern names; undefined where there is no such view. */
export function findRoute(path: string): { route: Route; params: Params } | undefined {
  for (const route of ROUTES) {
    const params = match(route.pattern, path);
    if (params) return { route, params };
  }
  return undefined;
}

function match(pattern: string, path: string): Params | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decode(value);
    else if (part !== value) return undefined;
  }
  return params;
}

/** As it is where it is encoded wrongly. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
