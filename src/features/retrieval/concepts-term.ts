/** Concepts of how long a contract runs, how it ends, and under which law. */
import type { Concept } from "./concepts.ts";

export const TERM: readonly Concept[] = [
  {
    name: "parties",
    asked:
      /\b(who (are|is)|names? of|which are) (\w+ ){0,3}(part(y|ies)|counterpart)|\bparties to (this|the)\b/,
    said: [
      /\b(by and )?between\b.*\band\b/,
      /\bhere(in)?after (referred|called|the)\b/,
      /\bparties\b.*\bare\b/,
    ],
    words: "between hereinafter parties company corporation",
  },
  {
    name: "agreement_date",
    asked:
      /\b(agreement|effective|signing|execution|commencement|start) date\b|\bdate (of|on which) (the|this)\b|\bwhen\b.*\b(signed|executed|effective|begin|start|commence|enter)/,
    said: [
      /\b(dated|made|entered into|executed|effective)\b( \w+){0,6} (as of|this|on|the)\b/,
      /\beffective date\b/,
    ],
    words: "dated effective made entered executed commencement",
  },
  {
    name: "expiration",
    asked:
      /\bexpir\w*|\b(initial|contract|length of the) term\b|\bhow long\b|\bduration of (the|this) (contract|agreement|lease|license)\b|\b(end|termination) date\b|\bterm and termination\b|^(\d+ )*term$/,
    said: [
      /\bterm (of|under)? ?(this|the)? ?(\w+ ){0,3}(shall|will|is|commences?|begins?|starts?|means)\b/,
      /\b(remain|continue|be|stay|continuing) in (full )?(force|effect)\b/,
      /\b(initial )?(term|period) of (\w+ ){0,3}(years?|months?|days?)\b/,
      /\bunless (earlier|sooner|otherwise|previously)? ?(terminated|cancelled|canceled|extended)\b/,
      /\b(shall|will|may)? ?(expires?|terminates?|ends?|lapses?) (on|at|upon|automatically|after)\b/,
      /\b(shall|will) (commence|become effective|take effect|begin|start)\b.*\b(years?|months?|until|anniversary|date)\b/,
      /\binitial term\b/,
    ],
    hinted: /\b(until|anniversary|years? from|months? from)\b/,
    words:
      "term expire expiration commence effective year month anniversary initial period continue force",
  },
  {
    name: "renewal",
    asked: /\b(renew\w*|extension|extend\w*|prolong\w*)\b/,
    said: [
      /\b(automatic\w* )?(renew(ed|s|al|ing)?|extend(ed|s)?|prolonged)\b.*\b(terms?|periods?|years?|months?|additional|successive|further)\b/,
      /\b(additional|successive|subsequent|further|consecutive)\b( \w+){0,3} (terms?|periods?)\b/,
      /\brenewal terms?\b/,
      /\boption to (renew|extend)\b/,
      /\bmutual\w* (agree\w*|consent)\b.*\b(renew|extend|extension)/,
    ],
    hinted: /\b(renew|extend|extension)\w*\b/,
    words: "renew renewal automatically successive additional extend term period",
  },
  {
    name: "renewal_notice",
    asked:
      /\bnotice\b.*\brenew|\brenew\w*\b.*\bnotice\b|\bnon renew\w*|\bnotice period\b|\bnotice of termination\b/,
    said: [
      /\bnotice\b.*\b(not (to|wish\w*|intend\w*) (to )?(renew|extend)|non renewal|intent(ion)? (not )?to (renew|terminate))\b/,
      /\b(unless|if)\b.*\b(notif\w+|notice)\b.*\b(prior|before|end of|expir\w+)\b/,
      /\b(days?|months?)\b( \w+){0,4} (prior|before|preceding|in advance)\b.*\b(renew\w*|expir\w*|end|terminat\w*|anniversary)\b/,
      /\bterminat\w*\b.*\b(days?|months?)\b( \w+){0,6} notice\b/,
      /\b(days?|months?)\b( \w+){0,6} (prior|advance)? ?(written )?notice\b.*\b(terminat\w*|renew\w*)\b/,
    ],
    hinted: /\b(days?|months?)\b.*\bnotice\b/,
    words: "notice written prior days before expiration terminate renewal end term",
  },
  {
    name: "termination_for_convenience",
    asked:
      /\bconvenience\b|\bwithout cause\b|\bterminat\w*\b.*\b(any (time|reason)|at will|unilateral)/,
    said: [
      /\bterminat\w*\b.*\b(for convenience|without cause|any reason|no reason|at will|with or without)\b/,
      /\b(for convenience|without cause|any reason|no reason|with or without)\b.*\bterminat\w*\b/,
      /\b(may|right to|entitled to|option to)\b( \w+){0,8} terminat\w*\b.*\b(upon|by|on|giving|with|after)\b.*\bnotice\b/,
      /\bterminat\w*\b( \w+){0,8} at any time\b/,
      /\b(at any time|sole discretion)\b.*\bterminat\w*\b/,
    ],
    hinted: /\bterminat\w*\b.*\bnotice\b/,
    words:
      "terminate termination convenience cause reason any time notice days prior written option",
  },
  {
    name: "termination_for_cause",
    asked: /\bterminat\w*\b.*\b(cause|breach|default)|\b(breach|default)\b.*\bterminat/,
    said: [
      /\bterminat\w*\b.*\b(breach\w*|default\w*|fail\w*|insolven\w*|bankrupt\w*)\b/,
      /\b(breach\w*|default\w*|insolven\w*|bankrupt\w*)\b.*\bterminat\w*\b/,
      /\b(cure|remed\w+)\b.*\b(days|notice)\b/,
    ],
    words: "terminate breach default cure days notice insolvency bankruptcy material",
  },
  {
    name: "after_termination",
    asked:
      /\b(post|after|upon|following) (the )?(terminat\w*|expir\w*)|\bpost termination\b|\btransition services?\b|\bwind ?down\b/,
    said: [
      /\b(upon|after|following|on|in the event of)( any| the)? (\w+ )?(terminat\w*|expir\w*)\b/,
      /\b(wind|phase) ?(down|out)|\btransition\b.*\b(services?|assist\w*|period)\b/,
      /\bsell off\b/,
    ],
    words:
      "upon after termination expiration transition services assistance remaining inventory wind down",
  },
  {
    name: "survival",
    asked: /\bsurviv\w*\b/,
    said: [
      /\bsurviv\w*\b/,
      /\b(remain|continue|be)\b( \w+){0,6} (in (full )?(force|effect)|binding|bound|effective|apply)\b.*\b(terminat\w*|expir\w*|years?|months?|after|indefinite\w*)\b/,
      /\b(after|following|beyond|notwithstanding|irrespective of)\b( \w+){0,8} (terminat\w*|expir\w*|disclosure|return)\b/,
      /\b(obligations?|provisions?|clauses?|dut(y|ies)|restrictions?|confidentiality)\b.*\b(for a period of|years? (after|from|following)|perpetuit\w*|indefinite\w*)\b/,
    ],
    hinted: /\b(terminat\w*|expir\w*)\b.*\b(years?|continue|obligations?)\b/,
    words:
      "survive survival termination expiration continue remain obligations force effect years period after",
  },
  {
    name: "governing_law",
    asked:
      /\bgovern\w* law|\blaws? (\w+ )?govern|\bchoice of law|\bapplicable law|\b(which|what) (\w+ )?laws?\b|\bgoverned by\b/,
    said: [
      /\b(govern\w*|constru\w*|interpret\w*|subject|accordance|enforced?)\b( \w+){0,14} laws?( \w+){0,3} (of|in|in force)\b/,
      /\blaws? of( \w+){0,8} (shall|will)? ?(govern|apply)\b/,
      /\bgoverned( \w+){0,10} by\b.*\blaws?\b/,
      /\bconflicts? of laws?\b|\bchoice of laws?\b/,
      /\bgoverning law\b.*\blaws?\b/,
    ],
    hinted: /\bjurisdiction\b/,
    words: "governed govern construed accordance laws law state conflict principles",
  },
  {
    name: "disputes",
    asked: /\bdisputes?\b|\barbitrat\w*|\bjurisdiction\b|\bvenue\b|\bcourts?\b|\blitigat\w*/,
    said: [
      /\barbitrat(ion|or|ors|ed)\b/,
      /\b(exclusive|non exclusive|submit\w*)\b.*\bjurisdiction\b/,
      /\bjurisdiction\b.*\bcourts?\b|\bcourts? of\b/,
      /\b(dispute|controversy|claim)s?\b.*\b(settled|resolved|arising|submitted)\b/,
    ],
    words: "dispute arbitration jurisdiction courts venue submit exclusive settled",
  },
];
