/** Amounts as people read them. Money stays the exact text that the API sends. */

const counts = new Intl.NumberFormat("en");

export function formatCount(count: number): string {
  return counts.format(count);
}

export function formatCalls(count: number): string {
  return count === 1 ? "one call" : `${formatCount(count)} calls`;
}

/** An exact decimal of US dollars: "1204.5" as "$1,204.50". No digit is rounded away. */
export function formatMoney(amount: string): string {
  const [, sign = "", whole = "0", part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return `${sign}$${grouped}.${part.replace(/0+$/, "").padEnd(2, "0")}`;
}

/** True for an exact decimal that is zero or less. */
export function isUsedUp(amount: string): boolean {
  return amount.startsWith("-") || /^[0.]*$/.test(amount);
}
