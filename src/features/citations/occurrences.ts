/** String search in linear time for any input. */

/** Every start of the pattern in the units, in order, overlapping ones included. Knuth-Morris-Pratt. */
export function* occurrences(
  units: Uint16Array,
  pattern: Uint16Array,
  start = 0,
  end = units.length,
): Generator<number> {
  if (pattern.length === 0) return;
  const borders = bordersOf(pattern);
  let matched = 0;
  for (let index = start; index < end; index++) {
    const unit = units[index];
    while (matched > 0 && unit !== pattern[matched]) matched = borders[matched - 1] ?? 0;
    if (unit === pattern[matched]) matched++;
    if (matched < pattern.length) continue;
    yield index + 1 - matched;
    matched = borders[matched - 1] ?? 0;
  }
}

/** For each prefix of the pattern, the length of its longest proper border. */
function bordersOf(pattern: Uint16Array): Uint32Array {
  const borders = new Uint32Array(pattern.length);
  let length = 0;
  for (let index = 1; index < pattern.length; index++) {
    while (length > 0 && pattern[index] !== pattern[length]) length = borders[length - 1] ?? 0;
    if (pattern[index] === pattern[length]) length++;
    borders[index] = length;
  }
  return borders;
}
