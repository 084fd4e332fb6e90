/** The page that is seen, and how large. */
import { useEffect, useState } from "preact/hooks";
import type { TargetedSubmitEvent } from "preact";
import { Button } from "../ui/button.tsx";
import type { Zoom } from "./use-zoom.ts";

type PdfToolbarProps = {
  zoom: Zoom;
  page: number;
  pages: number;
  onPage: (page: number) => void;
};

export function PdfToolbar({ zoom, page, pages, onPage }: PdfToolbarProps) {
  return (
    <div class="pdf-toolbar" role="toolbar" aria-label="View">
      <PageField page={page} pages={pages} onPage={onPage} />
      <div class="pdf-zoom">
        <Button label="Smaller" onClick={zoom.out}>
          −
        </Button>
        <Button label={`Fit the width, now ${zoom.percent} percent`} onClick={zoom.fit}>
          {`${zoom.percent} %`}
        </Button>
        <Button label="Larger" onClick={zoom.in}>
          +
        </Button>
      </div>
    </div>
  );
}

function PageField({ page, pages, onPage }: Omit<PdfToolbarProps, "zoom">) {
  const [typed, setTyped] = useState(String(page));
  useEffect(() => setTyped(String(page)), [page]);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = Math.round(Number(typed));
    if (wanted >= 1) onPage(Math.min(wanted, pages));
    else setTyped(String(page));
  };
  return (
    <form class="pdf-page-field" onSubmit={submit}>
      <Button
        icon="left"
        label="Previous page"
        disabled={page <= 1}
        onClick={() => onPage(page - 1)}
      />
      <input
        type="text"
        inputMode="numeric"
        aria-label={`Page, of ${pages}`}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <span class="muted">{`of ${pages}`}</span>
      <Button
        icon="right"
        label="Next page"
        disabled={page >= pages}
        onClick={() => onPage(page + 1)}
      />
    </form>
  );
}
