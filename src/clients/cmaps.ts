/** Loads the CMaps of CJK fonts from the assets of the Worker; `local/assets.ts` copies them from pdfjs-dist. */

/** Returns the bytes of a CMap in the format of pdf.js, by its file name. */
export type ReadCMap = (fileName: string) => Promise<Uint8Array>;

/** The assets binding of the Worker, or another service of the same files. */
type Assets = { fetch: (url: string) => Promise<Response> };

export function createReadCMap(assets: Assets): ReadCMap {
  return async (fileName) => {
    // The binding ignores the host, so any valid one works.
    const found = await assets.fetch(
      `https://assets.invalid/cmaps/${encodeURIComponent(fileName)}`,
    );
    if (!found.ok) throw new Error(`there is no CMap ${fileName}: status ${found.status}`);
    return new Uint8Array(await found.arrayBuffer());
  };
}
