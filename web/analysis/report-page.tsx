/** The analysis of a document: made when it is first opened, and stored with the document. */
import { useState } from "preact/hooks";
import { api } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { Link } from "../app/router.tsx";
import type { Params } from "../app/routes.ts";
import { Button } from "../ui/button.tsx";
import { confirmed } from "../ui/dialog.tsx";
import { PageFrame } from "../ui/page.tsx";
import { Progress } from "../ui/progress.tsx";
import { ErrorState, Loaded } from "../ui/states.tsx";
import { type AnalysisProgress, runAnalysis } from "./analysis-run.ts";
import { toReport } from "./report.ts";
import { ReportDownloads } from "./report-downloads.tsx";
import { ReportView } from "./report-view.tsx";

export function Page({ params: { id = "" } }: { params: Params }) {
  const file = useResource((signal) => api.get("/files/{id}", { path: { id }, signal }), id);
  return (
    <Loaded of={file} label="Loading the document">
      {({ original_name: name }) => <Analysed key={id} id={id} name={name} />}
    </Loaded>
  );
}

function Analysed({ id, name }: { id: string; name: string }) {
  const [attempt, setAttempt] = useState({ count: 0, isNew: false });
  const [progress, setProgress] = useState<AnalysisProgress>();
  const { isNew, count } = attempt;
  const run = useResource(
    (signal) => runAnalysis(id, { isNew, onProgress: setProgress, signal }),
    String(count),
  );
  const startAgain = (isNew: boolean) => {
    setProgress(undefined);
    setAttempt({ count: count + 1, isNew });
  };
  const report = run.data && !run.isLoading ? toReport(run.data, name) : undefined;
  const actions = report && (
    <>
      <ReportDownloads report={report} fileName={name} />
      <Button icon="retry" onClick={() => void agreed(() => startAgain(true))}>
        Analyse again
      </Button>
    </>
  );
  return (
    <PageFrame title={report?.title ?? name} actions={actions}>
      <p class="report-source">
        <Link to={`/app/documents/${id}`}>{name}</Link>
      </p>
      {report && <ReportView report={report} />}
      {run.isLoading && <Running name={name} progress={progress} />}
      {!run.isLoading && run.error !== undefined && (
        <ErrorState text={run.error} onRetry={() => startAgain(isNew)} />
      )}
    </PageFrame>
  );
}

/** It costs as much as the first one. */
async function agreed(start: () => void): Promise<void> {
  const isAgreed = await confirmed({
    title: "Analyse again?",
    text: "A model reads the whole document once more. The new analysis takes the place of this one.",
    confirm: "Analyse again",
    variant: "primary",
  });
  if (isAgreed) start();
}

function Running({ name, progress }: { name: string; progress: AnalysisProgress | undefined }) {
  const isDivided = progress !== undefined && progress.parts > 1;
  return (
    <div class="state" role="status">
      <p>{`Analysing ${name}`}</p>
      <Progress
        label={`Analysis of ${name}`}
        value={isDivided ? progress.part / progress.parts : undefined}
      />
      {isDivided && <p class="muted">{`${progress.part} of ${progress.parts} parts are done`}</p>}
      <p class="muted">You may leave this page: the analysis goes on.</p>
    </div>
  );
}
