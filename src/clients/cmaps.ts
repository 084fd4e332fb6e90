/** The CMaps of CJK fonts, which are assets of the Worker: `local/assets.ts` copies them from pdfjs-dist. */

/** The bytes of a CMap in the form of pdf.js, by the name of its file. */
export type ReadCMap = (fileName: string) => Promise<Uint8Array>;

/** The assets of the Worker, or what serves the same files. */
type Assets = { fetch: (url: string) => Promise<Response> };

export function createReadCMap(assets: Assets): ReadCMap {
  return async (fileName) => {
    // Only the path counts: the binding has no host.
    const found = await assets.fetch(
      `https://assets.invalid/cmaps/${encodeURIComponent(fileName)}`,
    );
    if (!found.ok) throw new Error(`there is no CMap ${fileName}: status ${found.status}`);
    return new Uint8Array(await found.arrayBuffer());
  };
}
