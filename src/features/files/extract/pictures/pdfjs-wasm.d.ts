/** The parts of pdfjs-dist that come without types. */
declare module "pdfjs-dist/wasm/jbig2_nowasm_fallback.js" {
  export type Bilevel = {
    imageData?: Uint8ClampedArray | null;
    _malloc(size: number): number;
    writeArrayToMemory(bytes: Uint8Array, address: number): void;
    _ccitt_decode(
      address: number,
      size: number,
      width: number,
      height: number,
      k: number,
      endOfLine: number,
      isByteAligned: number,
      blackIs1: number,
      columns: number,
      rows: number,
    ): void;
    _jbig2_decode(
      address: number,
      size: number,
      width: number,
      height: number,
      globalsAddress: number,
      globalsSize: number,
    ): void;
  };
  export default function load(options: object): Promise<Bilevel>;
}
