/**
 * What of a page is never shown: a person who reads the page could not know that it is there, so the model
 * is not told it either. What style sheets hide, or colour and place, is not noticed.
 */

const NEVER_SHOWN = new Set(
  "area audio base canvas datalist embed head iframe link math meta noembed noframes noscript object param rp script source style svg template title track video".split(
    " ",
  ),
);

/** Without comments and white space. */
const HIDING_STYLE =
  /(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|mso-hide:all|(?:opacity|font-size):\+?0*(?:\.0*)?(?:[a-z]+|%)?(?:!|;|$))/i;

/** True where an element and all within it are hidden, by its name, an attribute or its own style. */
export function isHidden(name: string, attributes: Record<string, string>): boolean {
  if (NEVER_SHOWN.has(name) || Object.hasOwn(attributes, "hidden")) return true;
  if (name === "dialog" && !Object.hasOwn(attributes, "open")) return true;
  const style = attributes.style?.replaceAll(/\/\*[^*]*\*\/|\s+/g, "");
  return style !== undefined && HIDING_STYLE.test(style);
}
