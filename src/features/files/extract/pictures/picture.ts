/** A picture as providers of vision models take it. */
export type Picture = {
  mediaType: "image/png" | "image/jpeg" | "image/webp";
  bytes: Uint8Array;
};

/** The most bytes of one picture; providers refuse larger ones. */
export const LARGEST_PICTURE = 10 * 1024 * 1024;

/** The most bytes of unpacked pixels, which are held: a page of A4 in colour at 300 dpi has 26 MB. */
export const LARGEST_RASTER = 28_000_000;
