/** Concepts of licences and of what belongs to whom. */
import type { Concept } from "./concepts.ts";

export const PROPERTY: readonly Concept[] = [
  {
    name: "license_grant",
    asked:
      /\blicen[sc]e[sd]?\b.*\b(grant\w*|given)|\bgrant\w*\b.*\blicen[sc]e|\b(what|which) licen[sc]es?\b|\bgrant of (rights|licen[sc]e)/,
    said: [
      /\b(grants?|granted|granting)\b.*\b(licen[sc]e|right|sublicen[sc]e)s?\b/,
      /\b(non exclusive|exclusive|worldwide|royalty free|perpetual|non transferable|revocable|limited)\b.*\b(licen[sc]e|right)s?\b/,
      /\blicen[sc]e to\b( \w+){0,4} (use|reproduce|distribute|copy|display|market|sell|exhibit|make|modify|access)\b/,
    ],
    hinted: /\blicen[sc]e[sd]?\b/,
    words:
      "grant grants license right exclusive worldwide royalty use reproduce distribute sublicense hereby",
  },
  {
    name: "non_transferable_license",
    asked: /\bnon ?transferab\w*|\b(transferab\w*|sublicens\w*)\b/,
    said: [
      /\bnon ?(transferable|assignable|sublicen[sc]able)\b/,
      /\b(not|no|without)\b.*\b(transfer|assign|sublicen[sc]e|sub licen[sc]e)\w*\b/,
      /\blicen[sc]e\b.*\b(may not|shall not|not be)\b.*\b(transfer|assign|sublicen[sc]e)\w*\b/,
    ],
    words: "transferable nontransferable transfer sublicense assign license grant",
  },
  {
    name: "affiliate_license",
    asked: /\baffiliates?\b.*\b(licen[sc]\w*|rights?)|\blicen[sc]\w*\b.*\baffiliates?\b/,
    said: [
      /\baffiliates?\b.*\b(licen[sc]e\w*|rights?|use|grant\w*|content|software)\b/,
      /\b(licen[sc]e\w*|grant\w*|rights?)\b.*\b(affiliates?|subsidiar\w*|sublicen[sc]ees?|parent)\b/,
    ],
    words: "affiliate affiliates subsidiary license grant right sublicense use",
  },
  {
    name: "unlimited_license",
    asked:
      /\b(unlimited|all you can eat|enterprise)\b.*\blicen[sc]e|\blicen[sc]e\b.*\bunlimited\b|\ball you can eat\b/,
    said: [
      /\b(unlimited|without limit\w*|unrestricted|enterprise wide)\b/,
      /\b(all|any and all|entire)\b.*\b(rights?|licen[sc]e|content|programming|titles|materials)\b.*\b(grant\w*|distribut\w*|use|exhibit)\b/,
      /\b(grant\w*|licen[sc]e)\b.*\b(all|any and all|entire)\b/,
    ],
    words: "unlimited all unrestricted license number users right any entire",
  },
  {
    name: "perpetual_license",
    asked: /\b(perpetual|irrevocabl\w*)\b/,
    said: [
      /\b(perpetual|perpetuity|irrevocabl[ey])\b/,
      /\b(fully paid up|paid up|surviv\w*)\b.*\blicen[sc]e\b/,
    ],
    words: "perpetual irrevocable perpetuity license fully paid",
  },
  {
    name: "source_code_escrow",
    asked: /\bescrow\b|\bsource code\b/,
    said: [/\bescrow\b/, /\bsource code\b/],
    words: "escrow source code deposit release agent",
  },
  {
    name: "ip_ownership",
    asked:
      /\b(ip|intellectual property|copyright|invention|work product|patent)s?\b.*\b(own\w*|assign\w*|belong\w*|right)|\b(own\w*|belong\w*)\b.*\b(ip|intellectual|copyright|invention|work|patent)|\bwho owns\b/,
    said: [
      /\b(assigns?|hereby assign|assigned|transfers?|conveys?|vests?)\b.*\b(right|title|interest|ownership|intellectual|copyright)s?\b/,
      /\b(own|owns|owner|owned|property of|belongs? to|ownership)\b.*\b(intellectual|copyright|title|rights?|invention|work|material)s?\b/,
      /\bright title (and|or) interest\b/,
      /\bworks? (made )?for hire\b/,
      /\b(shall|will)? ?(be|remain)s?\b( \w+){0,4} (sole |exclusive )*property\b/,
    ],
    hinted: /\b(intellectual property|copyright|trademark|patent)s?\b/,
    words:
      "own ownership title interest right assign property intellectual copyright work hire invention",
  },
  {
    name: "joint_ip",
    asked: /\bjoint(ly)?\b.*\b(ip|intellectual|own\w*|property)|\bco ?own\w*/,
    said: [
      /\bjoint(ly)?\b.*\b(own\w*|property|develop\w*|intellectual)\b/,
      /\bco ?own(er|ed|s|ership)?\b/,
    ],
    words: "joint jointly own ownership developed intellectual property",
  },
  {
    name: "covenant_not_to_sue",
    asked: /\bnot to sue\b|\b(challenge|contest)\w*\b/,
    said: [
      /\b(not|never|agrees? not to|refrain)\b.*\b(sue|challenge|contest|attack|dispute|oppose)\b/,
      /\b(contest|challenge)\b.*\b(validity|ownership|title)\b/,
      /\b(releases?|waives?)\b.*\bclaims?\b/,
    ],
    words: "sue challenge contest validity ownership claim action covenant oppose",
  },
];
