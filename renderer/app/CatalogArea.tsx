import { useEffect, type JSX } from 'react';
import { Panel } from 'react-resizable-panels';
import { CatalogPage } from '../features/catalog/CatalogPage.tsx';
import { TechniqueList } from '../features/catalog/list/TechniqueList.tsx';
import { useUi, useWorkspace } from '../state/context.ts';
import { Guard } from '../ui/Guard.tsx';
import { DraftPane } from './DraftPane.tsx';
import { Bar, Folding, Split } from './panels.tsx';

/** The catalog: techniques at the left, the page at the right, and between them the rule that is being written. */
export function CatalogArea(): JSX.Element {
  const workspace = useWorkspace();
  const draftOpen = useUi((state) => state.draft.open);
  const isAsked = useUi((state) => state.catalog.revision > 0);
  useEffect(() => {
    if (!isAsked) void workspace.catalog.refreshSummary();
  }, [workspace, isAsked]);
  return (
    <Split id="catalog" orientation="horizontal">
      <Folding name="techniques" defaultSize={340} minSize={220}>
        <Guard name="The list of techniques">
          <TechniqueList />
        </Guard>
      </Folding>
      <Bar name="techniques" />
      {draftOpen && (
        <>
          <Folding name="side" defaultSize="36%" minSize={260}>
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
