/** A picture in a format that providers of vision models accept. */
export type Picture = {
  mediaType: "image/png" | "image/jpeg" | "image/webp";
  bytes: Uint8Array;
};

/** In bytes; providers reject larger pictures. */
export const LARGEST_PICTURE = 10 * 1024 * 1024;

/** In bytes of unpacked pixels, which are buffered: an A4 page in colour at 300 dpi has 26 MB. */
export const LARGEST_RASTER = 28_000_000;
