/**
 * The version of the index that this code makes. Raise it by one with every change of what is stored for a text:
 * of the cut (passages, headings above them, language), of words and terms (normal form, stemming, weights,
 * how a document is named) and of marks. The cron then makes the indexes of all files again, from their stored
 * text, while the old ones are searched. Changes of the search alone (find.ts, lexical.ts, the terms of a
 * question) need no new version. test/features/retrieval/index-version.test.ts fails where it was forgotten.
 */
export const INDEX_VERSION = 2;

/**
 * The first version whose passages are embedded as they are now. Vectors of older indexes are made again; of newer
 * ones, those of passages that did not change are kept. Set it to a new version if the text that is embedded
 * changes.
 */
export const EMBEDDED_SINCE = 1;
