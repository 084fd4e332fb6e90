/**
 * Detects hidden elements. They are left out, because users do not see them and so the model must not use them.
 * Text that is hidden by a style sheet, a colour or its position is not detected.
 */

const NEVER_SHOWN = new Set(
  "area audio base canvas datalist embed head iframe link math meta noembed noframes noscript object param rp script source style svg template title track video".split(
    " ",
  ),
);

/** Matches styles from which comments and white space were removed. */
const HIDING_STYLE =
  /(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|mso-hide:all|(?:opacity|font-size):\+?0*(?:\.0*)?(?:[a-z]+|%)?(?:!|;|$))/i;

/** True if an element and its descendants are hidden by its name, an attribute or its style attribute. */
export function isHidden(name: string, attributes: Record<string, string>): boolean {
  if (NEVER_SHOWN.has(name) || Object.hasOwn(attributes, "hidden")) return true;
  if (name === "dialog" && !Object.hasOwn(attributes, "open")) return true;
  const style = attributes.style?.replaceAll(/\/\*[^*]*\*\/|\s+/g, "");
  return style !== undefined && HIDING_STYLE.test(style);
}
