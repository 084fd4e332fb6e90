/** CMaps as the Worker has them, from the package that they are copied from. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const CMAPS = join(import.meta.dirname, "..", "..", "node_modules", "pdfjs-dist", "cmaps");

export const readCMap = async (fileName: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(CMAPS, fileName)));
