import type { JSX } from 'react';
import { useUi, useWorkspace } from '../../../state/context.ts';
import type { ShownFault } from '../../../state/ui-state.ts';
import { runningJob } from '../../../state/ui-state.ts';
import { count } from '../../../ui/text/format.ts';

/** In place of a page: that it is being made, or why it could not be. */
export function PageState({ fault }: { readonly fault: ShownFault | null }): JSX.Element {
  const workspace = useWorkspace();
  const job = useUi((state) => runningJob(state));
  if (fault) {
    return (
      <div className="empty" role="alert">
        <h3>This page could not be made</h3>
        <p>{fault.message}</p>
        <div className="row">
          <button type="button" className="button" onClick={() => void workspace.catalog.refresh()}>
            Read the rules again
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="cat-page" role="status" aria-label="Reading the rules">
      {job?.kind === 'catalog' && (
        <p className="soft">
          Reading rules: {count(job.filesDone)} of {count(job.filesTotal)} files
        </p>
      )}
      <div className="cat-page-skeleton" aria-hidden>
        {[30, 70, 62, 88, 80, 84, 76, 90].map((width, i) => (
          <span key={i} className="skeleton" style={{ width: `${width}%` }} />
        ))}
      </div>
    </div>
  );
}
