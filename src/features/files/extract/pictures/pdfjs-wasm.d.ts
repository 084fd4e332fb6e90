/** Types for the parts of pdfjs-dist that ship without any. */
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

declare module "pdfjs-dist/wasm/openjpeg_nowasm_fallback.js" {
  type Jpx = {
    imageData?: Uint8Array | Uint8ClampedArray | null;
    _malloc(size: number): number;
    writeArrayToMemory(bytes: Uint8Array, address: number): void;
    /** 0 on success. */
    _jp2_decode(
      address: number,
      size: number,
      components: number,
      isIndexed: number,
      hasMask: number,
      halvings: number,
    ): number;
  };
  export default function load(options: object): Promise<Jpx>;
}
