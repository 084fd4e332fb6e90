/** Searches byte sequences. */

/** Yields each offset at which `sought` occurs in `data`, in ascending order. */
export function* positionsOf(sought: Uint8Array, data: Uint8Array): Generator<number> {
  const [first = 0] = sought;
  for (let at = data.indexOf(first); at >= 0; at = data.indexOf(first, at + 1)) {
    if (standsAt(sought, data, at)) yield at;
  }
}

export function standsAt(sought: Uint8Array, data: Uint8Array, at: number): boolean {
  for (let position = 0; position < sought.byteLength; position++) {
    if (data[at + position] !== sought[position]) return false;
  }
  return true;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
