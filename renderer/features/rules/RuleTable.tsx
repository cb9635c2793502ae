import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type JSX, type KeyboardEvent } from 'react';
import type { RuleLine } from '../../../shared/ipc/contract.ts';
import { useWorkspace } from '../../state/context.ts';
import { ColumnHead } from '../../ui/ColumnHead.tsx';
import { MiddleText } from '../../ui/text/MiddleText.tsx';
import { count, counted } from '../../ui/text/format.ts';
import { Severity } from '../../ui/severity.tsx';
import { KIND_WORDS, ruleStateWords, type RuleSort } from './rule-list.ts';

const ROW = 26;

interface TableProps {
  readonly rules: readonly RuleLine[];
  readonly total: number;
  readonly chosen: string | null;
  readonly sort: RuleSort;
  readonly onSort: (sort: RuleSort) => void;
}

/** The rules as rows; the arrow keys choose one, Enter opens it in the editor. */
export function RuleTable({ rules, total, chosen, sort, onSort }: TableProps): JSX.Element {
  const workspace = useWorkspace();
  const box = useRef<HTMLDivElement | null>(null);
  const virtual = useVirtualizer({
    count: rules.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const choose = (index: number): void => {
    const rule = rules[Math.min(Math.max(index, 0), rules.length - 1)];
    if (!rule) return;
    workspace.store.setState({ ruleShown: rule.rule });
    virtual.scrollToIndex(rules.indexOf(rule));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rules.findIndex((rule) => rule.rule === chosen);
    if (event.key === 'ArrowDown') choose(at + 1);
    else if (event.key === 'ArrowUp') choose(at - 1);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(rules.length - 1);
    else if (event.key === 'Enter' && chosen !== null && event.target === event.currentTarget) {
      void workspace.draft.openRule(chosen);
    } else return;
    event.preventDefault();
  };
  const head = (label: string, key: RuleSort | null, className = ''): JSX.Element => (
    <ColumnHead
      label={label}
      className={className}
      sorted={key === null || sort !== key ? 'none' : key === 'hits' ? 'descending' : 'ascending'}
      onSort={key === null ? undefined : () => onSort(key)}
    />
  );
  return (
    <div
      ref={box}
      className="rule-table"
      role="grid"
      aria-label="Rules"
      aria-rowcount={rules.length + 1}
      tabIndex={0}
      data-pane-focus="grid"
      onKeyDown={onKeyDown}
    >
      <div className="rule-row rule-head" role="row">
        {head('On', null)}
        {head('Sev', 'level')}
        {head('Title', 'title')}
        {head('Hits', 'hits', 'number')}
        {head('Hosts', null, 'number')}
        {head('Logsource', null)}
        {head('State', null)}
        {head('File', 'file')}
      </div>
      {rules.length === 0 && total > 0 && (
        <p className="detail-note">None of {counted(total, 'rule')} fits this filter.</p>
      )}
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const rule = rules[item.index];
          return (
            rule && (
              <RuleRow
                key={rule.rule}
                rule={rule}
                top={item.start}
                index={item.index}
                isChosen={rule.rule === chosen}
                onChoose={() => {
                  choose(item.index);
                }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly rule: RuleLine;
  readonly top: number;
  readonly index: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function RuleRow({ rule, top, index, isChosen, onChoose }: RowProps): JSX.Element {
  const workspace = useWorkspace();
  const state = ruleStateWords(rule);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className={`rule-row${isChosen ? ' is-chosen' : ''}${rule.enabled ? '' : ' is-off'}`}
      style={{ position: 'absolute', top, left: 0, right: 0 }}
      onClick={onChoose}
      onDoubleClick={() => void workspace.draft.openRule(rule.rule)}
    >
      <span role="gridcell">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={rule.enabled}
          aria-label={`${rule.title} is on`}
          onClick={(event) => {
            event.stopPropagation();
          }}
          onChange={(event) => void workspace.setRulesEnabled([rule.rule], event.target.checked)}
        />
      </span>
      <span role="gridcell">
        <Severity level={rule.level} />
      </span>
      <span role="gridcell" title={rule.title}>
        {rule.kind !== 'rule' && <span className="rule-kind">{KIND_WORDS[rule.kind]}</span>}
        {rule.title} <small className="faint">{rule.techniques.join(' ')}</small>
      </span>
      <span role="gridcell" className="number">
        {rule.hits > 0 ? count(rule.hits) : <span className="faint">–</span>}
      </span>
      <span role="gridcell" className="number soft">
        {rule.hosts > 0 ? count(rule.hosts) : ''}
      </span>
      <span role="gridcell" className="soft" title={rule.logsource}>
        {rule.logsource}
      </span>
      <span role="gridcell" className={`tone-${state.tone}`} title={state.text}>
        {state.text}
      </span>
      <span role="gridcell" className="mono soft" title={rule.file}>
        <MiddleText text={rule.file} />
      </span>
    </div>
  );
}
