/** Small line icons, without a font: each is a path in a square of 24. */

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14M16 16l5 5",
  document: "M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6",
  chart: "M5 20V10M12 20V4M19 20v-7",
  person: "M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8M4 21c1-5 4-6 8-6s7 1 8 6",
  shield: "M12 3l7 3v6c0 5-3 7-7 9c-4-2-7-4-7-9V6z",
  "sign-out": "M10 4H5v16h5M15 8l4 4l-4 4M19 12H10",
  sun: "M12 8a4 4 0 1 1 0 8a4 4 0 0 1 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  moon: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
  theme: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  pin: "M9 4h6l-1 6l3 3H7l3-3zM12 13v7",
  archive: "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  check: "M5 12l5 5L20 7",
  download: "M12 4v11M7 11l5 5l5-5M5 20h14",
  upload: "M12 16V5M7 9l5-5l5 5M5 20h14",
  send: "M12 20V5M6 11l6-6l6 6",
  stop: "M7 7h10v10H7z",
  retry: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  "thumb-up":
    "M7 11v9H4v-9zM7 11l4-8c2 0 3 1 2.5 3L13 9h6c1.5 0 2 1 1.7 2.5L19 18c-.3 1.3-1 2-2.5 2H7",
  "thumb-down":
    "M7 13V4H4v9zM7 13l4 8c2 0 3-1 2.5-3L13 15h6c1.5 0 2-1 1.7-2.5L19 6c-.3-1.3-1-2-2.5-2H7",
  left: "M15 6l-6 6l6 6",
  right: "M9 6l6 6l-6 6",
  down: "M6 9l6 6l6-6",
  attach: "M20 11l-8 8a5 5 0 0 1-7-7l8-8a3.5 3.5 0 0 1 5 5l-8 8a1.8 1.8 0 0 1-2.5-2.5l7-7",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  code: "M8 7l-5 5l5 5M16 7l5 5l-5 5",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  info: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5M12 8h.01",
  link: "M10 14l4-4M8 12l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 12l2-2a3.5 3.5 0 0 0-5-5l-2 2",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the text beside it, or the label of its button, says what it means. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
