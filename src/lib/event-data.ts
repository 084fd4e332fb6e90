/** Reading somebody else's server-sent events (HTML standard, section 9.2.6), as far as their data goes. */

/**
 * The data of the events of a response: one list for each piece of the network that completed any. Of
 * an event only single `data:` lines are read, which is all that providers send.
 */
export async function* readEventData(response: Response): AsyncGenerator<string[]> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    const data = lines.map(toData).filter((text) => text !== undefined);
    if (data.length > 0) yield data;
  }
}

function toData(line: string): string | undefined {
  if (!line.startsWith("data:")) return undefined;
  return line.slice(line[5] === " " ? 6 : 5).trimEnd();
}
