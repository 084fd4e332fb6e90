/** A snippet of the search: escaped text with its matches in `<mark>`. */

/** Shown as text: nothing of it becomes HTML of the page but the marks. */
export function Snippet({ html }: { html: string }) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return (
    <p class="snippet">
      {[...body.childNodes].map((node, index) => {
        const text = node.textContent ?? "";
        return node.nodeName === "MARK" ? <mark key={index}>{text}</mark> : text;
      })}
    </p>
  );
}
