/** Questions about matters that none of the measured contracts speaks of: general ones, and plausible legal ones. */
export const UNANSWERABLE: readonly string[] = [
  "What is the boiling point of ethanol at sea level?",
  "How many moons does Jupiter have?",
  "Which yeast is best for baking sourdough rye bread?",
  "Who composed the opera Fidelio?",
  "How do I replace the brake pads of a bicycle?",
  "What is the chemical formula of table salt?",
  "Who must repair the roof of the rented apartment?",
  "How many days of paid maternity leave does an employee get?",
  "What custody arrangement applies to the children after the divorce?",
  "At what speed may a lorry drive on the motorway?",
  "Which vaccination does the dog need before boarding?",
  "What interest rate applies to the mortgage after the fixed period?",
  "How is the estate divided among the heirs if there is no will?",
  "What freeboard must the vessel keep under the charter party?",
  "How much severance pay follows from a dismissal for redundancy?",
  "Which pesticide residues are permitted in imported citrus fruit?",
];
