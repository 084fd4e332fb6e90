/** Builds the inverted index of a slice of passages with Postgres' stemmers. */
import { type SQL, sql } from "drizzle-orm";
import type { IndexedPassage, Slice } from "./slices.ts";
import type { Words } from "./words.ts";

/** The weight of a word in a heading, and in an adjacent passage; 1 in the passage itself. */
const COUNTS = { titles: 0.8, around: 0.2 };

/** BM25's k1 (saturation of repeated terms) and b (length normalisation). */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.6;
/** Words of an average passage. */
const USUAL_SIZE = 45;

/**
 * The impact, in hundredths, of a word that names the document: in the file name, and in its beginning.
 */
const NAMING = { name: 100, beginning: 60 };

/**
 * Begins the term of the passages that a passage refers to: `>12` of those that passage 12 does. Their impacts say
 * the order of the references: the higher, the earlier.
 */
export const REFERRED_BY = ">";

const MOST_IMPACT = 255;

const FORMS = ["written", "folded"] as const;
type Form = (typeof FORMS)[number];

const NO_WORDS: Words = { written: "", folded: "", size: 0 };

/**
 * SQL for the index term of a lexeme. Diacritics are folded after stemming, because stemmers need them.
 */
export function termSql(lexeme: SQL): SQL {
  return sql`CASE WHEN octet_length(${lexeme}) = length(${lexeme}) THEN ${lexeme} ELSE fold_text(${lexeme}) END`;
}

/**
 * The statement that stores the terms of a slice. `file` selects the id and user_id of its file, or nothing.
 */
export function termsInsert(file: SQL, language: string, slice: Slice): SQL {
  const config = sql`${language}::regconfig`;
  return sql`
    WITH file AS (${file}),
    passage AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(slice.rows.flatMap(toRows))}::json)
        AS p (ordinal int, form text, size int, body text, titles text, around text, marks json, targets int[])
    ),
    counted AS (
      SELECT ordinal, form, size, lexeme, cardinality(positions)::real AS count
      FROM passage, unnest(to_tsvector(${config}, body))
      UNION ALL
      SELECT ordinal, form, size, lexeme, ${COUNTS.titles}::real
      FROM passage, unnest(to_tsvector(${config}, titles))
      UNION ALL
      SELECT ordinal, form, size, lexeme, ${COUNTS.around}::real
      FROM passage, unnest(to_tsvector(${config}, around))
    ),
    frequency AS (
      SELECT ordinal, size, term, max(count) AS count FROM (
        SELECT ordinal, form, size, CASE form WHEN 'folded' THEN lexeme ELSE ${termSql(sql`lexeme`)} END AS term,
          sum(count) AS count
        FROM counted GROUP BY 1, 2, 3, 4
      ) AS of_form GROUP BY ordinal, size, term
    ),
    found AS (
      SELECT term, ordinal, round(100 * ${1 + SATURATION}::real * count / (count
        + ${SATURATION}::real * (${1 - LENGTH_SHARE}::real + ${LENGTH_SHARE / USUAL_SIZE}::real * size))) AS impact
      FROM frequency
      UNION ALL
      SELECT '#' || key, ordinal, value::real * 100 FROM passage, json_each_text(marks)
      UNION ALL
      SELECT ${REFERRED_BY}::text || passage.ordinal, target, ${MOST_IMPACT}::int - nr
      FROM passage, unnest(targets) WITH ORDINALITY AS t (target, nr)
      UNION ALL
      SELECT '@' || term, 0, max(impact) FROM (${namingOf(slice, config)}) AS naming GROUP BY term
    )
    INSERT INTO passage_terms (user_id, term, file_id, part, postings)
    SELECT file.user_id, term, file.id, ${slice.part}::int,
      array_agg(ordinal * 256 + least(impact, ${MOST_IMPACT}::int)::int ORDER BY ordinal)
    FROM file, found GROUP BY file.user_id, file.id, term
    ON CONFLICT DO NOTHING`;
}

/** A passage in both forms of its words if they differ; the statement counts each word once. */
function toRows(passage: IndexedPassage) {
  const [written, folded] = [toRow(passage, "written"), toRow(passage, "folded")];
  const isSame = (["body", "titles", "around"] as const).every(
    (key) => written[key] === folded[key],
  );
  return isSame ? [written] : [written, { ...folded, marks: {}, targets: [] }];
}

function toRow({ passage, body, titles, around, marks, targets }: IndexedPassage, form: Form) {
  return {
    ordinal: passage.ordinal,
    form,
    size: body.size,
    body: body[form],
    titles: titles[form],
    around: around.map((words) => words[form]).join(" "),
    marks: Object.fromEntries(marks),
    targets,
  };
}

function namingOf({ naming }: Slice, config: SQL): SQL {
  const { name, beginning } = naming ?? { name: NO_WORDS, beginning: NO_WORDS };
  const all = FORMS.flatMap((form) => [
    termsOf(config, name[form], NAMING.name),
    termsOf(config, beginning[form], NAMING.beginning),
  ]);
  return sql.join(all, sql` UNION ALL `);
}

function termsOf(config: SQL, words: string, impact: number): SQL {
  return sql`
    SELECT ${termSql(sql`lexeme`)} AS term, ${impact}::int AS impact
    FROM unnest(tsvector_to_array(to_tsvector(${config}, ${words}))) AS lexeme`;
}
