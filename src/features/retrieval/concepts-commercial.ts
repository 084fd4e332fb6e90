/** Concepts of who may do what in a contract, for how much, and who bears the risk. */
import type { Concept } from "./concepts.ts";

export const COMMERCIAL: readonly Concept[] = [
  {
    name: "exclusivity",
    asked: /\b(exclusiv\w*|sole (right|supplier|distributor|source))\b/,
    said: [
      /\b(exclusive|exclusivity|exclusively|sole and exclusive)\b( \w+){0,8} (right|license|licence|basis|distribut\w*|supplier|provider|territory|period|agent|dealer|arrangement|partner)\b/,
      /\b(grants?|appoints?|retain\w*)\b.*\bexclusive\b/,
      /\b(shall|will|may) not\b.*\b(any other|third part\w+|competing|another)\b.*\b(provide|distribut\w*|sell|license|engage|market|grant)\b/,
      /\b(only|solely) (from|through|to|with)\b/,
    ],
    hinted: /\bexclusiv\w*\b/,
    words: "exclusive exclusivity exclusively sole solely only",
  },
  {
    name: "non_compete",
    asked: /\b(non ?compet\w*|compet(e|es|ing|ition|itive|itors?))\b/,
    said: [
      /\b(not|neither|refrain|nor)\b.*\b(compet(e|es|ing|itive|itors?|ition))\b/,
      /\bcompet(e|es|ing|itive)\b.*\b(business|products?|services?|with)\b/,
      /\bnon ?compet\w*\b/,
      /\b(engage|participate|carry on|own|invest)\b.*\b(business|activity)\b.*\b(similar|same|compet\w*)\b/,
    ],
    words:
      "compete competing competitive competitor business engage directly indirectly similar restrict territory",
  },
  {
    name: "competition_exception",
    asked:
      /\b(exception|carve ?out|exempt\w*)s?\b.*\b(compet\w*|exclusiv\w*|restrict\w*)|\bcompet\w*\b.*\bexception/,
    said: [
      /\b(except|notwithstanding|however|nothing|other than|provided that|foregoing)\b.*\b(compet\w*|exclusiv\w*|restrict\w*|similar)\b/,
      /\b(shall|will) not (\w+ ){0,3}(prohibit|prevent|restrict|limit|preclude)\b/,
    ],
    words: "except notwithstanding foregoing prohibit prevent restrict permitted however compete",
  },
  {
    name: "no_solicitation",
    asked: /\b(solicit\w*|hir(e|ing)|poach\w*|recruit\w*)\b/,
    said: [
      /\bsolicit\w*\b/,
      /\b(not|neither|nor|refrain)\b.*\b(hire|recruit|entice|employ|engage|induce|divert)\b.*\b(employees?|personnel|staff|representatives?|customers?|clients?|consultants?)\b/,
    ],
    hinted: /\b(hire|recruit|entice|induce)\b/,
    words:
      "solicit solicitation hire employ recruit entice induce employees personnel customers clients",
  },
  {
    name: "non_disparagement",
    asked: /\bdisparag\w*|\bdefam\w*/,
    said: [
      /\bdisparag\w*|\bderogat\w*|\bdefam\w*/,
      /\b(harm|injure|damage|tarnish)\b.*\b(reputation|goodwill|image)\b/,
    ],
    words: "disparage disparaging derogatory defame reputation goodwill statements",
  },
  {
    name: "most_favored_nation",
    asked: /\bmost favou?red\b|\bmfn\b|\b(better|best|favou?rable) (price|pricing|terms)\b/,
    said: [
      /\bmost favou?red\b/,
      /\b(no less|more|less|as|most) favou?rabl[ey]\b/,
      /\b(lower|lowest|better|best) (price|rate|fee|terms)s?\b/,
    ],
    words: "favored favorable terms lowest price better offered customers third party",
  },
  {
    name: "first_refusal",
    asked: /\bfirst (refusal|offer|negotiat\w*|option)\b|\bro(fr|fo|fn)\b/,
    said: [
      /\b(first|last) (right (of|to) )?(refusal|offer|negotiat\w*|opportunity|option)\b/,
      /\bright of first\b/,
      /\b(match|matching)\b.*\boffer\b|\bpreemptive right\b/,
    ],
    words: "first refusal offer negotiation opportunity match option right third party",
  },
  {
    name: "change_of_control",
    asked: /\bchange (of|in) (\w+ )?control\b|\b(merger|acquisition|takeover|acquired)\b/,
    said: [
      /\bchange (of|in)( \w+)? (control|ownership)\b/,
      /\b(merge[rs]?|consolidat\w*|reorgani[sz]ation|acquisition|acquired)\b/,
      /\b(sale|transfer|purchase)\b.*\b(all or substantially all|substantially all|majority|controlling)\b/,
      /\b(voting|control)\b.*\b(stock|shares|securities|interests?|fifty|50)\b/,
      /\boperation of law\b/,
    ],
    words:
      "change control merger consolidation acquisition sale substantially all assets stock majority successor",
  },
  {
    name: "assignment",
    asked: /\b(anti )?assign\w*\b|\btransfer (of )?(this|the|rights)|\bdelegat\w*/,
    said: [
      /\b(not|neither|no|nor|without|may|shall)\b.*\b(assign(ed|s|ment|able|ing)?|delegat\w*)\b/,
      /\b(assign\w*|transfer\w*)\b.*\b(prior )?(written )?(consent|approval|permission)\b/,
      /\b(consent|approval)\b.*\bassign\w*\b/,
      /\bsuccessors and( permitted)? assigns\b/,
    ],
    words:
      "assign assignment transfer delegate consent written prior successors assigns void sublicense",
  },
  {
    name: "revenue_share",
    asked:
      /\b(revenue|profit)s? ?(or profit )?(shar\w*|split\w*|arrangement)|\broyalt(y|ies)\b|\bcommissions?\b/,
    said: [
      /\b\d+( \d+)? (percent|per cent)?\b.*\b(revenues?|profits?|receipts|sales|proceeds)\b/,
      /\b(percent|percentage|share|portion|split)\b.*\b(revenues?|profits?|receipts|sales|proceeds)\b/,
      /\b(revenues?|profits?)\b.*\b(shar(e|es|ed|ing)|split|percent\w*|pay)\b/,
      /\broyalt(y|ies)\b|\bcommissions?\b/,
    ],
    hinted: /\b(revenues?|profits?)\b/,
    words:
      "revenue share percentage percent profit royalty commission gross net receipts split fees",
  },
  {
    name: "price_restriction",
    asked: /\bpric(e|es|ing)\b/,
    said: [
      /\b(price|prices|pricing|fees?|rates?)\b.*\b(not|may|shall|increase\w*|chang\w*|adjust\w*|exceed|fixed|minimum|maximum)\b/,
      /\b(increase|raise|reduce|change|adjust)\b.*\b(price|prices|fees?|rates?)\b/,
    ],
    words: "price prices increase adjust exceed maximum minimum fixed fee rate retail",
  },
  {
    name: "minimum_commitment",
    asked: /\bminimum\b|\b(purchase|order) (commitment|requirement|obligation|size)/,
    said: [
      /\bminimum\b( \w+){0,5} (guarantee\w*|purchas\w*|order\w*|commit\w*|quantit\w*|amount\w*|volume\w*|number|fee\w*|payment\w*|royalt\w*|sales|units|annual)\b/,
      /\b(at least|no less than|not less than|no fewer than|a minimum of)\b/,
      /\b(shall|must|agrees to|will) (purchase|buy|order|provide|deliver)\b.*\b(at least|minimum|less than)\b/,
    ],
    hinted: /\bminimum\b/,
    words: "minimum guarantee commitment least less than quantity purchase annual volume required",
  },
  {
    name: "volume_restriction",
    asked:
      /\bvolume (restrict\w*|limit\w*|cap)|\b(maximum|usage|quantity) (limit|number|restrict\w*|cap)/,
    said: [
      /\b(maximum|up to|no more than|not more than|not exceed\w*|in excess of|limited to)\b.*\b(users?|units|copies|seats|number|quantit\w*|volume|times|per)\b/,
      /\b(exceed\w*|excess)\b.*\b(fee|charge|additional|limit)\b/,
    ],
    words:
      "maximum limit exceed number units copies users volume restriction additional fee threshold",
  },
  {
    name: "audit",
    asked: /\baudit\w*|\binspect\w*|\b(access to )?(books|records)\b/,
    said: [
      /\baudit(s|ed|ing|or|ors)?\b/,
      /\b(inspect\w*|examin\w*|review|access)\b.*\b(books|records|accounts|premises|facilit\w*|documents)\b/,
      /\b(books|records)\b.*\b(inspect\w*|examin\w*|available|maintain\w*|keep|access)\b/,
    ],
    words:
      "audit auditor inspect inspection books records accounts examine access reasonable notice business hours",
  },
  {
    name: "liability_cap",
    asked:
      /\b(cap|caps|capped|limit\w*|maximum)\b.*\bliab\w*|\bliab\w*\b.*\b(cap|capped|limit\w*|maximum|exceed)/,
    said: [
      /\bliab(le|ility|ilities)\b.*\b(exceed|limited to|limit|not be greater|maximum|capped|in excess|aggregate|amount)\b/,
      /\b(exceed|maximum|aggregate|in excess)\b.*\bliab(le|ility|ilities)\b/,
      /\b(no event|not|neither|never)\b.*\bliable\b.*\b(indirect|consequential|special|incidental|punitive|exemplary|lost profits|loss)\b/,
      /\b(sole|exclusive) remed(y|ies)\b/,
    ],
    hinted: /\b(liable|liability|damages)\b/,
    words:
      "liability liable exceed aggregate amount limited event damages indirect consequential incidental special punitive",
  },
  {
    name: "liability_uncapped",
    asked:
      /\b(uncapped|unlimited|without limit\w*|no (cap|limit)\w*)\b.*\bliab\w*|\bliab\w*\b.*\b(uncapped|unlimited)/,
    said: [
      /\b(except|exclud\w*|other than|shall not apply|not limit|nothing|notwithstanding|excepting)\b.*\b(indemni\w*|gross negligence|wil?lful|fraud|breach\w*|death|confidential\w*|liab\w*)\b/,
      /\b(indemni\w*|gross negligence|wil?lful|fraud|death|personal injury)\b.*\b(except|exclud\w*|not apply|not limit\w*|unlimited)\b/,
      /\bliab(le|ility)\b.*\b(indirect|consequential|special|incidental|punitive|exceed|unlimited)\b/,
    ],
    hinted: /\b(liable|liability|damages)\b/,
    words:
      "liability liable except exclude limitation apply negligence willful fraud indemnification breach confidentiality unlimited damages",
  },
  {
    name: "liquidated_damages",
    asked: /\bliquidated\b|\bpenalt(y|ies)\b|\b(termination|cancellation) fee/,
    said: [
      /\bliquidated damages?\b|\bpenalt(y|ies)\b/,
      /\b(early )?(terminat\w*|cancell?ation)\b.*\b(fee|charge|payment|pay)\b/,
    ],
    words: "liquidated damages penalty termination fee pay sum breach late",
  },
  {
    name: "warranty",
    asked: /\bwarrant\w*|\bguarantees?\b/,
    said: [
      /\bwarrant\w*\b.*\b(for a period|period of|days|months|years|term|date|until)\b/,
      /\b(days|months|years)\b.*\bwarrant\w*\b/,
      /\bwarranty period\b/,
      /\b(represents?|represent) and warrants?\b|\bwarrants? that\b/,
    ],
    hinted: /\bwarrant\w*\b/,
    words: "warranty warrants warrant period days months year defects conform represents",
  },
  {
    name: "insurance",
    asked: /\binsur\w*/,
    said: [
      /\b(maintain|carry|obtain|procure|keep)\b.*\binsurance\b/,
      /\binsurance\b.*\b(polic\w*|coverage|certificate\w*|occurrence|insured|limits?|commercial|liability)\b/,
    ],
    hinted: /\binsur\w*\b/,
    words:
      "insurance policy coverage insured maintain certificate occurrence commercial general liability limits",
  },
  {
    name: "indemnity",
    asked: /\bindemni\w*|\bhold harmless\b/,
    said: [/\bindemnif\w*\b/, /\b(hold|save)\b.*\bharmless\b/, /\bdefend\b.*\b(claims?|losses)\b/],
    words:
      "indemnify indemnification defend hold harmless claims losses damages expenses attorneys",
  },
  {
    name: "third_party_beneficiary",
    asked: /\bthird part(y|ies) beneficiar\w*|\bbeneficiar(y|ies)\b/,
    said: [
      /\bbeneficiar(y|ies)\b/,
      /\b(benefit|rights?|remed\w*|enforce\w*)\b.*\b(any|no|other) (other )?(person|third part\w*|entity)\b/,
      /\bsole (and exclusive )?benefit\b/,
    ],
    words: "third party beneficiary beneficiaries benefit enforce person confer rights remedies",
  },
  {
    name: "payment",
    asked: /\b(pay|pays|paid|payment|payable|invoice\w*|fees?|price to be paid|how much)\b/,
    said: [
      /\b(shall|will|agrees? to|must) pay\b/,
      /\b(payable|due|invoice\w*)\b.*\b(days|within|upon|receipt|monthly|quarterly)\b/,
    ],
    words: "pay payment payable fee fees invoice due days amount",
  },
];
