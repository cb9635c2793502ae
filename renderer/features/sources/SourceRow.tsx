import { ChevronDown, ChevronRight, RotateCcw, TableProperties } from 'lucide-react';
import type { JSX } from 'react';
import type { SourceLine } from '../../../shared/ipc/contract.ts';
import { lossCount, type Remedy } from '../../../shared/model/fault.ts';
import { useWorkspace } from '../../state/context.ts';
import { again } from '../../state/opening.ts';
import { useClock } from '../../state/use-clock.ts';
import { bytes, count, counted } from '../../ui/text/format.ts';
import { IconButton } from '../../ui/controls.tsx';
import { MiddleText } from '../../ui/text/MiddleText.tsx';
import { faultPlace, hasRemedy, hasTrouble, REMEDY_WORDS, stateWords } from './ledger.ts';

interface Props {
  readonly source: SourceLine;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** A file's line, and its faults beneath it when opened. */
export function SourceRow({ source, isOpen, onToggle }: Props): JSX.Element {
  const workspace = useWorkspace();
  const clock = useClock();
  const remedy = useRemedy(source);
  const troubled = hasTrouble(source);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <div className={`ledger-row state-${source.state}`} role="row">
        <span role="cell" className="ledger-name" title={source.name}>
          {source.faultCount + source.leftOut > 0 ? (
            <button
              type="button"
              className="ledger-toggle"
              aria-expanded={isOpen}
              aria-label={`Faults of ${source.name}`}
              onClick={onToggle}
            >
              <Chevron size={14} aria-hidden />
            </button>
          ) : (
            <span className="ledger-toggle" />
          )}
          <button
            type="button"
            className="link mono"
            title={`Show only the events of ${source.name}`}
            disabled={source.events + source.recovered === 0}
            onClick={() => {
              workspace.filterValue('File', source.name, false);
              workspace.store.setState({ activity: 'timeline' });
            }}
          >
            <MiddleText text={source.name} />
          </button>
        </span>
        <span role="cell" className={`ledger-state${troubled ? ' is-troubled' : ''}`}>
          {hasRemedy(source, 'columns') ? (
            <button type="button" className="link" onClick={() => remedy('columns')}>
              {stateWords(source)}
            </button>
          ) : (
            stateWords(source)
          )}
        </span>
        <Actions source={source} />
        <span role="cell" className="soft">
          {source.format}
        </span>
        <Figure value={source.events} />
        <Figure value={source.recovered} quiet />
        <Figure value={source.damaged} quiet bad />
        <Figure value={source.faultCount} quiet bad={lossCount(source) > 0} />
        <span role="cell" className="number soft">
          {bytes(source.bytes)}
        </span>
        <span role="cell" className="number mono">
          {source.firstUs === null ? '' : clock.time(source.firstUs)}
        </span>
        <span role="cell" className="number mono">
          {source.lastUs === null ? '' : clock.time(source.lastUs)}
        </span>
      </div>
      {isOpen && <Faults source={source} />}
    </>
  );
}

/** What can be done about one file. */
function Actions({ source }: { readonly source: SourceLine }): JSX.Element {
  const workspace = useWorkspace();
  const isTable = source.format === 'csv';
  const isLog = source.state !== 'reading' && source.state !== 'skipped';
  return (
    <span role="cell" className="ledger-actions">
      {isTable && (
        <IconButton
          icon={TableProperties}
          label={`Choose columns of ${source.name}`}
          onClick={() => {
            workspace.store.setState({ table: source, dialog: 'table-columns' });
          }}
        />
      )}
      {isLog && (
        <IconButton
          icon={RotateCcw}
          label={`Read ${source.name} again with…`}
          onClick={() => {
            workspace.store.setState({ opening: again([source]), dialog: 'open-options' });
          }}
        />
      )}
    </span>
  );
}

/** Does what the note about a file offers. */
function useRemedy(source: SourceLine): (remedy: Remedy) => void {
  const workspace = useWorkspace();
  return (remedy) => {
    switch (remedy) {
      case 'zone':
        workspace.store.setState({ opening: again([source]), dialog: 'open-options' });
        return;
      case 'columns':
        workspace.store.setState({ table: source, dialog: 'table-columns' });
        return;
      case 'rest':
        void workspace.case.readRest([source]);
    }
  };
}

/** A number of the ledger. A zero that is no news is left out; one that means damage stands out. */
function Figure(props: {
  readonly value: number;
  readonly quiet?: boolean;
  readonly bad?: boolean | undefined;
}): JSX.Element {
  const { value, quiet = false, bad = false } = props;
  return (
    <span role="cell" className={`number${bad && value > 0 ? ' is-bad' : ''}`}>
      {quiet && value === 0 ? <span className="faint">–</span> : count(value)}
    </span>
  );
}

function Faults({ source }: { readonly source: SourceLine }): JSX.Element {
  const remedy = useRemedy(source);
  return (
    <ul className="ledger-faults selectable" aria-label={`Faults of ${source.name}`}>
      {source.faults.map((fault, i) => (
        <li key={i}>
          <span className="mono faint place">{faultPlace(fault)}</span>
          <span>
            {fault.message}
            {fault.detail && <span className="soft"> — {fault.detail}</span>}{' '}
            {fault.remedy && (
              <button type="button" className="link" onClick={() => remedy(fault.remedy as Remedy)}>
                {REMEDY_WORDS[fault.remedy]}
              </button>
            )}
          </span>
        </li>
      ))}
      {source.leftOut > 0 && (
        <li className="soft">
          <span className="mono faint place">whole file</span>
          {counted(source.leftOut, 'record')} left out by the time range or the channels that were chosen when it was
          opened
        </li>
      )}
      {source.faultCount > source.faults.length && (
        <li className="soft">
          <span />
          and {count(source.faultCount - source.faults.length)} more, counted and not kept
        </li>
      )}
    </ul>
  );
}
