/**
 * The most bytes of JSON that one page of anything holds, unless its first item alone is longer: an
 * isolate has 128 MiB for all requests, and a page is in memory several times on its way.
 */
export const PAGE_BYTES = 1024 * 1024;
