/** Concepts of confidentiality agreements. */
import type { Concept } from "./concepts.ts";

export const CONFIDENTIALITY: readonly Concept[] = [
  {
    name: "definition_of_confidential",
    asked:
      /\b(definition|meaning|defined|define|constitutes?|considered|regarded)\b.*\bconfidential|\bonly (\w+ )?technical\b|\btechnical information\b|\bwhat is confidential\b/,
    said: [
      /\b(confidential|proprietary|evaluation) information( \w+){0,10} (means?|include[sd]?|shall mean|shall include|refers?|consists?)\b/,
      /\b(means?|includes?|including)\b.*\b(information|data)\b.*\b(technical|business|financial|commercial|trade secrets?|know how|customers?|marketing|specifications)\b/,
      /\b(technical|business|financial|commercial|marketing)\b.*\b(technical|business|financial|commercial|marketing)\b.*\b(information|data|plans?)\b/,
    ],
    hinted: /\b(technical|financial|business|commercial|trade secrets?|know how)\b/,
    words:
      "means includes information technical business financial commercial trade secrets know how data customer marketing plans",
  },
  {
    name: "marking",
    asked:
      /\b(expressly|explicitly|clearly)? ?(identif\w*|mark(ed|ing)?|label\w*|designat\w*|stamp\w*)\b/,
    said: [
      /\b(mark(ed|ings?)?|label+ed|designat\w*|identified|stamped|legend|indicated)\b.*\b(confidential|proprietary|secret)\b/,
      /\b(confidential|proprietary)\b.*\b(mark(ed|ings?)?|label+ed|designat\w*|identified|stamped|legend|in writing)\b/,
      /\bwhether or not\b.*\b(mark|label|designat|identif)\w*\b/,
      /\b(should|would|reasonably)\b.*\b(known?|understood|considered|regarded|treated)\b.*\bconfidential\b/,
      /\bby (its|their) nature\b|\bcircumstances\b.*\bdisclos\w*\b/,
    ],
    words:
      "marked labeled designated identified legend stamped writing confidential proprietary nature circumstances reasonably",
  },
  {
    name: "oral_disclosure",
    asked: /\b(verbal\w*|oral\w*|spoken)\b/,
    said: [
      /\b(verbal\w*|oral\w*|spoken)\b/,
      /\b(any|whatever|tangible|electronic|written) (\w+ )?(form|format|medium|means)\b/,
      /\bvisual\w*\b/,
    ],
    words: "oral orally verbal verbally written visual electronic form tangible medium",
  },
  {
    name: "limited_use",
    asked:
      /\b(restrict\w*|limit\w*|permitted|sole)\b.*\b(use|uses|using|purposes?)\b|\buse\b.*\bpurposes?\b|\bpurposes? (stated|of the)/,
    said: [
      /\b(use|uses|used|utili[sz]e\w*|exploit\w*)\b.*\b(only|solely|exclusively|other than|except|any purpose|other purpose|sole purpose|not)\b/,
      /\b(only|solely|exclusively|not|nor|neither|no)\b( \w+){0,12} (use|uses|used|utili[sz]e\w*|exploit\w*)\b/,
      /\b(sole |permitted |any other |other |authori[sz]ed |agreed )purposes?\b/,
      /\bfor (the|its|their) (\w+ )?(benefit|purposes? of)\b/,
      /\b(own benefit|detriment)\b/,
    ],
    words:
      "use used solely only purpose purposes other than evaluate permitted except exclusively benefit",
  },
  {
    name: "share_with_employees",
    asked: /\bemployees?\b|\bstaff\b|\bpersonnel\b/,
    said: [
      /\b(employees?|personnel|staff|officers?|directors?)\b.*\b(need|necessary|require\w*|know|bound|inform\w*)\b/,
      /\bneed to know\b/,
      /\b(disclos\w*|reveal\w*|access|available|provid\w*|distribut\w*|shar\w*)\b.*\b(employees?|personnel|staff|officers?|directors?|representatives?)\b/,
    ],
    hinted: /\b(employees?|personnel|staff|officers?|representatives?)\b/,
    words:
      "employees officers directors personnel staff representatives need know disclose access bound",
  },
  {
    name: "share_with_third_parties",
    asked:
      /\bthird part(y|ies)\b.*\b(consultants?|agents?|advis[eo]rs?|contractors?)|\bshar(e|ing)\b.*\b(third part|consultants?|agents?|advis|contractors?|affiliates?)/,
    said: [
      /\b(consultants?|agents?|advis[eo]rs?|contractors?|subcontractors?|attorneys?|accountants?|representatives?|lawyers?|auditors?)\b.*\b(need|necessary|know|bound|obligat\w*|inform\w*|agree\w*|consent)\b/,
      /\b(disclos\w*|reveal\w*|divulg\w*|provid\w*|shar\w*|distribut\w*)\b.*\b(third part(y|ies)|any (other )?person|consultants?|agents?|advis[eo]rs?|contractors?|anyone|others|affiliates?)\b/,
      /\bneed to know\b/,
    ],
    hinted: /\b(third part(y|ies)|consultants?|agents?|advis[eo]rs?|contractors?)\b/,
    words:
      "third party consultants agents advisors contractors representatives attorneys accountants need know disclose bound consent",
  },
  {
    name: "compelled_disclosure",
    asked:
      /\b(required|compelled|requirement|obliged)\b.*\b(law|court|judicial|legal|regulat\w*)|\b(subpoena|compelled disclosure|required disclosure|court order|judicial process)\b/,
    said: [
      /\b(required|compelled|obliged|requested|ordered|obligated|requires?|bound)\b.*\b(law|court|judicial|legal|legally|regulat\w*|governmental|subpoena|authority|statute)\b.*\b(disclos\w*|notice|notify|order|reveal|produce)\b/,
      /\b(law|court|judicial|legally|regulat\w*|governmental|subpoena|authority)\b.*\b(required|compelled|requires?|order\w*|process|obliged)\b/,
      /\b(subpoena|interrogator\w*|protective order|civil investigative|court order|judicial (process|order|proceeding))\w*\b/,
      /\b(prompt\w*|immediate\w*|prior|advance|reasonable) (written )?noti(ce|fy|fies|fied|fication)\b/,
    ],
    words:
      "required law court order subpoena judicial regulation governmental legal process compelled prompt notice notify protective",
  },
  {
    name: "secrecy_of_agreement",
    asked:
      /\b(fact that|existence|terms) (\w+ )*(the )?(agreement|negotiat\w*|discussions?)\b.*\b(agreed|negotiat\w*|disclos\w*|confidential)|\bdisclos\w* the (fact|existence)|\b(publicity|press releases?|announcement)\b/,
    said: [
      /\b(existence|fact|terms|contents?|nature|status|subject matter)\b.*\b(agreement|discussions?|negotiations?|relationship|transaction)\b/,
      /\b(publicity|press releases?|public announcement|public statement|advertis\w*|publici[sz]e|announce\w*)\b/,
      /\b(discussions?|negotiations?)\b.*\b(taking place|being held|confidential|concerning)\b/,
    ],
    hinted: /\b(negotiat\w*|discussions?|existence)\b/,
    words:
      "existence fact terms discussions negotiations agreement disclose publicity press release announcement public",
  },
  {
    name: "reverse_engineering",
    asked: /\brevers\w* engineer\w*|\b(decompil\w*|disassembl\w*)\b/,
    said: [
      /\brevers\w* (engineer\w*|assembl\w*|compil\w*)\b/,
      /\b(decompil\w*|disassembl\w*|de compil\w*|decod\w*|analy[sz]e)\b/,
    ],
    words:
      "reverse engineer engineering disassemble decompile analyze prototypes software samples objects composition",
  },
  {
    name: "independent_development",
    asked: /\bindependent\w*\b|\bdevelop\w*\b.*\bsimilar\b/,
    said: [
      /\bindependent\w*\b.*\b(develop\w*|conceiv\w*|creat\w*|discover\w*|deriv\w*|acquir\w*)\b/,
      /\b(develop\w*|conceiv\w*|creat\w*)\b.*\bindependent\w*\b/,
      /\b(develop\w*)\b.*\b(without|similar|compet\w*|no use of)\b/,
    ],
    hinted: /\bindependent\w*\b/,
    words: "independently developed independent develop without reference use access conceived",
  },
  {
    name: "acquired_from_others",
    asked:
      /\b(acquir\w*|receiv\w*|obtain\w*|get)\b.*\b(from|by) (a |any |other )*(third part|others?|source|person)/,
    said: [
      /\b(received|obtained|acquired|furnished|disclosed|available|rightfully|lawfully|receives|given|known)\b.*\b(third part(y|ies)|another source|other source|source other|others?|any person)\b/,
      /\b(rightful\w*|lawful\w*|legitimate\w*)\b.*\b(receiv\w*|obtain\w*|acquir\w*|possess\w*)\b/,
      /\bthird part(y|ies)\b.*\b(without|not)\b.*\b(breach\w*|restrict\w*|obligat\w*|confidential\w*|bound)\b/,
    ],
    words:
      "received obtained acquired rightfully lawfully third party source without restriction breach obligation confidentiality",
  },
  {
    name: "exceptions_of_confidentiality",
    asked:
      /\b(exception|exclu\w*|exempt\w*|not (be )?considered)\w*\b.*\bconfidential|\bconfidential\w*\b.*\b(exception|exclu\w*|exempt|not apply)|\bpublic (domain|knowledge|information)\b|\bpublicly (available|known)\b/,
    said: [
      /\b(shall|does|do|will|may) not\b( \w+){0,6} (apply|include|extend|cover|impose)\b/,
      /\bpublic(ly)? (domain|known|available|knowledge)\b|\bgenerally (known|available)\b/,
      /\b(already|previously|prior)\b.*\b(known|possess\w*|knowledge)\b/,
    ],
    words:
      "public domain publicly available known already possession prior independently received apply include exceptions",
  },
  {
    name: "no_license",
    asked:
      /\b(not|no|any)\b.*\bgrant\w*\b.*\b(rights?|licen[sc]e)|\bno licen[sc]e\b|\b(rights?|licen[sc]e)\b.*\bnot (be )?grant/,
    said: [
      /\b(no|not|nothing|neither|nor)\b.*\b(grant\w*|convey\w*|confer\w*|transfer\w*|constru\w*|acquire\w*|creat\w*)\b.*\b(licen[sc]e|rights?|title|interest|ownership)\b/,
      /\b(no|any) (licen[sc]e|rights?|title|interest)\b.*\b(grant\w*|convey\w*|impl\w*|confer\w*|transfer\w*|acquire\w*)\b/,
      /\b(remain|remains|be|is|are)\b( \w+){0,5} (the )?(\w+ )?property of\b/,
      /\b(by (implication|estoppel)|express or implied)\b/,
      /\b(retain\w*|own\w*)\b.*\b(title|rights?|ownership|interest)\b/,
    ],
    words:
      "license grant granted right rights title interest property remain implied estoppel patent copyright trademark construed",
  },
  {
    name: "return_or_destruction",
    asked: /\b(return\w*|destroy\w*|destruct\w*|eras\w*|delet\w*)\b/,
    said: [
      /\b(return\w*|destr(oy|uct)\w*|eras\w*|delet\w*|shred\w*)\b.*\b(information|cop(y|ies)|materials?|documents?|records?|data)\b/,
      /\b(information|cop(y|ies)|materials?|documents?|records?|data)\b.*\b(return\w*|destr(oy|uct)\w*|eras\w*|delet\w*)\b/,
      /\bcertif\w*\b.*\bdestr(oy|uct)\w*\b|\bdestr(oy|uct)\w*\b.*\bcertif\w*\b/,
      /\b(upon|at|on|after|following)\b.*\b(request|terminat\w*|expir\w*|completion)\b.*\b(return|destroy)\w*\b/,
    ],
    words:
      "return destroy destruction erase delete copies materials documents request termination certify",
  },
  {
    name: "retention",
    asked: /\b(retain\w*|keep\w*|retention)\b/,
    said: [
      /\b(retain\w*|keep\w*|retention|maintain\w*|store[ds]?)\b.*\b(cop(y|ies)|information|records?|archiv\w*|archival|backup|back up|legal|files?)\b/,
      /\b(archiv\w*|back ?up|disaster recovery|automatic\w* (creat\w*|generat\w*)|electronic(ally)? (stor\w*|back\w*))\b/,
      /\b(except|notwithstanding|however|provided|unless|other than|may)\b.*\b(retain\w*|keep|cop(y|ies))\b/,
    ],
    hinted: /\b(retain\w*|destr(oy|uct)\w*|return\w*)\b/,
    words:
      "retain keep copy copies archival archive backup legal counsel regulatory records required one",
  },
  {
    name: "copying",
    asked: /\b(cop(y|ies|ied|ying)|duplicat\w*|reproduc\w*)\b/,
    said: [
      /\b(cop(y|ies|ied|ying)|duplicat\w*|reproduc\w*|extract\w*)\b.*\b(confidential|information|data|necessary|purpose|consent|permi\w*|prohibit\w*|except|extent|not)\b/,
      /\b(not|only|may|no|without|except)\b( \w+){0,12} (cop(y|ies|ied)|duplicat\w*|reproduc\w*)\b/,
      /\bmake\b.*\bcop(y|ies)\b/,
    ],
    words:
      "copy copies copied copying reproduce duplicate make summarize extent necessary except consent",
  },
  {
    name: "standard_of_care",
    asked: /\b(standard|degree|level|duty) of care\b|\b(protect|safeguard)\w*\b/,
    said: [
      /\b(degree|standard|level) of care\b/,
      /\b(protect|safeguard|secur)\w*\b.*\b(same|reasonable|own)\b/,
    ],
    words: "degree care reasonable protect safeguard same own confidential security",
  },
  {
    name: "remedies",
    asked: /\b(injunct\w*|equitable relief|remed(y|ies))\b/,
    said: [
      /\binjunct\w*|\bequitable (relief|remed\w*)\b|\birreparabl\w*\b|\bspecific performance\b/,
    ],
    words:
      "injunction injunctive equitable relief irreparable harm damages remedy specific performance",
  },
];
