import { useEffect, useRef, type JSX } from 'react';
import { Panel } from 'react-resizable-panels';
import { CatalogPage } from '../features/catalog/CatalogPage.tsx';
import { TechniqueList } from '../features/catalog/list/TechniqueList.tsx';
import { useUi, useWorkspace } from '../state/context.ts';
import { Guard } from '../ui/Guard.tsx';
import { resizePanel } from '../ui/panels.ts';
import { DraftPane } from './DraftPane.tsx';
import { Bar, Folding, Split } from './panels.tsx';

/** Width of the list of techniques in pixels; beside a rule it gives room to the page. */
const LIST = 372;
const LIST_BESIDE_DRAFT = 216;

/** The catalog: techniques at the left, the page at the right, and between them the rule that is being written. */
export function CatalogArea(): JSX.Element {
  const workspace = useWorkspace();
  const draftOpen = useUi((state) => state.draft.open);
  const isAsked = useUi((state) => state.catalog.revision > 0);
  useEffect(() => {
    if (!isAsked) void workspace.catalog.refreshSummary();
  }, [workspace, isAsked]);
  // The list gives way when a rule is opened, and comes back when it is closed; sizes set by hand stay until then.
  const wasOpen = useRef(draftOpen);
  useEffect(() => {
    if (wasOpen.current === draftOpen) return undefined;
    wasOpen.current = draftOpen;
    const frame = requestAnimationFrame(() => {
      resizePanel('techniques', draftOpen ? LIST_BESIDE_DRAFT : LIST);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [draftOpen]);
  return (
    <Split id="catalog" orientation="horizontal">
      <Folding name="techniques" defaultSize={draftOpen ? LIST_BESIDE_DRAFT : LIST} minSize={180}>
        <Guard name="The list of techniques">
          <TechniqueList />
        </Guard>
      </Folding>
      <Bar name="techniques" />
      {draftOpen && (
        <>
          <Folding name="side" defaultSize="33%" minSize={260}>
            <Guard name="The editor">
              <DraftPane />
            </Guard>
          </Folding>
          <Bar name="side" />
        </>
      )}
      <Panel id="page" minSize={360}>
        <Guard name="The catalog page">
          <CatalogPage />
        </Guard>
      </Panel>
    </Split>
  );
}
