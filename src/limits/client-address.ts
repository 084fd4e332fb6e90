/** The key by which a client's address is limited. */

/** One for all requests whose address the platform does not report. */
const UNKNOWN = "unknown";

/**
 * An IPv4 address as it is; of an IPv6 address its /64, which belongs to one customer (RFC 6177); "unknown" for
 * anything else.
 */
export function addressKeyOf(address: string | null): string {
  if (!address || !/^[\da-f:.]+$/i.test(address)) return UNKNOWN;
  if (/^[\d.]+$/.test(address)) return hostOf(address) ?? UNKNOWN;
  const host = hostOf(`[${address}]`);
  return host ? keyOfIpv6(host.slice(1, -1)) : UNKNOWN;
}

/** The normal form of an address, by the parser of URLs. */
function hostOf(address: string): string | undefined {
  const host = URL.parse(`http://${address}`)?.host;
  return host && /^[\d.]+$|^\[[\da-f:]+\]$/.test(host) ? host : undefined;
}

function keyOfIpv6(normal: string): string {
  const groups = expand(normal);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return `${groups.slice(0, 4).map(toHex16).join(":")}::/64`;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight groups of an address in normal form, in which `::` stands for zeros. */
function expand(normal: string): number[] {
  const [head = "", tail] = normal.split("::");
  const [first, last] = [parseGroups(head), parseGroups(tail ?? "")];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return [...first, ...zeros, ...last];
}

const parseGroups = (text: string) =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));

const toHex16 = (group: number) => group.toString(16);
