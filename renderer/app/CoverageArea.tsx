import type { JSX } from 'react';
import { Panel } from 'react-resizable-panels';
import { CoverageDetail } from '../features/coverage/CoverageDetail.tsx';
import { CoverageMap } from '../features/coverage/CoverageMap.tsx';
import { Guard } from '../ui/Guard.tsx';
import { Bar, Folding, Split } from './panels.tsx';

/** The coverage of the case: the matrix at the left, the technique at its cursor at the right. */
export function CoverageArea(): JSX.Element {
  return (
    <Split id="coverage" orientation="horizontal">
      <Panel id="map" minSize={420}>
        <Guard name="The coverage">
          <CoverageMap />
        </Guard>
      </Panel>
      <Bar name="detail" />
      <Folding name="detail" defaultSize={340} minSize={240}>
        <Guard name="The technique">
          <CoverageDetail />
        </Guard>
      </Folding>
    </Split>
  );
}
