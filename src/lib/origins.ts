/** Lists of origins, as they are configured: each is exact, or names a host with any port. */

const ANY_PORT = ":*";

const PORT = /:\d{1,5}$/;

/** True for `https://app.example.com`, and for `http://localhost:*`, whose `*` is any port and none. */
export function isOriginRule(text: string): boolean {
  return !text.replace(/:\*$/, "").includes("*");
}

/** True where the list names the origin, or its host with any port. */
export function isListedOrigin(origin: string, list: readonly string[]): boolean {
  // No browser sends a `*`, and no rule is an origin.
  if (origin.includes("*")) return false;
  return list.includes(origin) || list.includes(origin.replace(PORT, "") + ANY_PORT);
}
