/**
 * What of a page is never shown: a person who reads the page could not know that it is there, so the model
 * is not told it either. What style sheets hide, or colour and place, is not noticed.
 */

const NEVER_SHOWN = new Set(
  "area audio base canvas datalist embed head iframe link math meta noembed noframes noscript object param rp script source style svg template title track video".split(
    " ",
  ),
);

const HIDING_STYLE =
  /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:opacity|font-size)\s*:\s*\+?0*(?:\.0*)?(?:[a-z]+|%)?\s*(?:!|;|$))/i;

/** True where an element and all within it are hidden, by its name, an attribute or its own style. */
export function isHidden(name: string, attributes: Record<string, string>): boolean {
  if (NEVER_SHOWN.has(name) || Object.hasOwn(attributes, "hidden")) return true;
  if (name === "dialog" && !Object.hasOwn(attributes, "open")) return true;
  const style = attributes.style?.replaceAll(/\/\*[^*]*\*\//g, "");
  return style !== undefined && HIDING_STYLE.test(style);
}
