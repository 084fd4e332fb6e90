/**
 * The most bytes of JSON per page of any list, unless the first item alone is longer: an isolate has 128
 * MiB for all requests, and holds several copies of a page.
 */
export const PAGE_BYTES = 1024 * 1024;
