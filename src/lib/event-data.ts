/** Reading somebody else's server-sent events (HTML standard, section 9.2.6), as far as their data goes. */

/** Takes the bytes as the network cuts them, and gives the data of each event once it is whole. */
export class EventDataReader {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /**
   * The data of the events that this piece completed. Of an event only single `data:` lines are read,
   * which is all that providers send.
   */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    const data: string[] = [];
    for (const line of lines) {
      if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5).trimEnd());
    }
    return data;
  }
}
