import type { JSX } from 'react';
import { Panel } from 'react-resizable-panels';
import { DetailPane } from '../features/detail/DetailPane.tsx';
import { FirstRun } from '../features/start/FirstRun.tsx';
import { EventGrid } from '../features/timeline/grid/EventGrid.tsx';
import { GridBar } from '../features/timeline/grid/GridBar.tsx';
import { Histogram } from '../features/timeline/histogram/Histogram.tsx';
import { HitsView } from '../features/triage/HitsView.tsx';
import { useUi, useWorkspace } from '../state/context.ts';
import { runningJob } from '../state/ui-state.ts';
import { DraftPane } from './DraftPane.tsx';
import { Guard } from '../ui/Guard.tsx';
import { togglePanel } from '../ui/panels.ts';
import { Bar, Folding, Split } from './panels.tsx';

const DEFAULT_SIDE_PERCENT = 42;

/** The main job's place: histogram above, editor (or hits) beside the events, the selected event at the right. */
export function WorkArea({ activity }: { readonly activity: 'timeline' | 'hits' }): JSX.Element {
  const workspace = useWorkspace();
  // Before the engine has told what is open, nothing is: the start page waits for no answer.
  const isEmpty = useUi(
    ({ summary, jobs }) =>
      (summary?.sources ?? 0) === 0 && (summary?.events ?? 0) === 0 && runningJob({ jobs })?.kind !== 'ingest',
  );
  const draftOpen = useUi((state) => state.draft.open);
  const sideSize = useUi((state) => state.layout['lower']?.['side'] ?? DEFAULT_SIDE_PERCENT);
  // Without a rule the events take the editor's room.
  const hasSide = draftOpen || activity === 'hits';
  if (isEmpty && !draftOpen && activity === 'timeline') return <FirstRun />;
  return (
    <Split id="columns" orientation="horizontal">
      <Panel id="work" minSize={420}>
        <Split id="rows" orientation="vertical">
          <Folding name="histogram" defaultSize={132} minSize={84}>
            <Guard name="The histogram">
              <Histogram />
            </Guard>
          </Folding>
          <Bar name="histogram" />
          <Panel id="lower" minSize={120}>
            <Split id="lower" orientation="horizontal">
              {hasSide && (
                <>
                  <Folding name="side" defaultSize={`${sideSize}%`} minSize={220}>
                    <Guard name="This pane">{activity === 'timeline' ? <DraftPane /> : <HitsView />}</Guard>
                  </Folding>
                  <Bar name="side" />
                </>
              )}
              <Panel id="events" minSize={200}>
                {isEmpty ? (
                  <FirstRun />
                ) : (
                  <section className="pane" aria-label="Events pane">
                    <GridBar onExport={(format) => void workspace.exportView(format)} />
                    <ViewFault />
                    <div className="grid-place">
                      <Guard name="The event grid">
                        <EventGrid />
                      </Guard>
                      <NoRows />
                    </div>
                  </section>
                )}
              </Panel>
            </Split>
          </Panel>
        </Split>
      </Panel>
      <Bar name="detail" />
      <Folding name="detail" defaultSize="22%" minSize={240}>
        <Guard name="The details">
          <DetailPane onClose={() => togglePanel('detail')} />
        </Guard>
      </Folding>
    </Split>
  );
}

/** Above the rows: that they do not answer the filter. */
function ViewFault(): JSX.Element | null {
  const fault = useUi((state) => state.viewFault);
  return (
    fault && (
      <p className="detail-note" role="alert">
        This filter could not be applied: {fault.message}. The rows below are of the filter before.
      </p>
    )
  );
}

/** In the rows' place: why there are none, and how to get some. */
function NoRows(): JSX.Element | null {
  const workspace = useWorkspace();
  const view = useUi((state) => state.view);
  const fault = useUi((state) => state.viewFault);
  const of = useUi((state) => state.filter.of);
  const narrowed = useUi(
    (state) => state.filter.chips.some((c) => c.enabled) || state.filter.text !== '' || state.filter.range,
  );
  const hasFaults = useUi((state) => (state.summary?.sourcesWithFaults ?? 0) > 0);
  const isReading = useUi((state) => runningJob(state)?.kind === 'ingest');
  if (fault || !view || view.total > 0) return null;
  if (isReading && of.kind === 'all') return <p className="detail-note grid-empty">Reading the first events…</p>;
  const words = {
    all: 'events',
    hits: 'hits',
    draft: 'draft hits',
    tagged: 'tagged events',
    rule: 'hits of this rule',
  }[of.kind];
  return (
    <div className="empty grid-empty" role="status">
      <h3>No {words} here</h3>
      <p>{narrowed ? 'Nothing is left after the filters above.' : `There are no ${words} in the open logs.`}</p>
      {hasFaults && of.kind === 'all' && <p>Some files could not be read to their end.</p>}
      <div className="row">
        {narrowed && (
          <button
            type="button"
            className="button"
            onClick={() => {
              workspace.setFilter((filter) => ({ ...filter, chips: [], text: '', range: null }));
            }}
          >
            Clear filters
          </button>
        )}
        {hasFaults && of.kind === 'all' && (
          <button type="button" className="button" onClick={() => workspace.store.setState({ activity: 'sources' })}>
            Show sources
          </button>
        )}
        {of.kind !== 'all' && (
          <button
            type="button"
            className="button"
            onClick={() => {
              workspace.setFilter((filter) => ({ ...filter, of: { kind: 'all' } }));
            }}
          >
            Show all events
          </button>
        )}
      </div>
    </div>
  );
}
