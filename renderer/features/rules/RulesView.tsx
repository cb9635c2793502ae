import { useVirtualizer } from '@tanstack/react-virtual';
import { FolderOpen } from 'lucide-react';
import { useMemo, useRef, useState, type JSX, type KeyboardEvent } from 'react';
import type { RuleLine } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { Segments } from '../../ui/controls.tsx';
import { count, counted } from '../../ui/text/format.ts';
import { Severity } from '../../ui/severity.tsx';
import { MiddleText } from '../../ui/text/MiddleText.tsx';
import { RuleCard } from './RuleCard.tsx';
import {
  fitsWords,
  isInState,
  RULE_STATES,
  ruleOrder,
  ruleStateWords,
  type RuleSort,
  type RuleState,
} from './rule-list.ts';
import './rules.css';

const ROW = 26;

/** The rule set: what is loaded, what runs, what hits, and plainly what does not and why. */
export function RulesView(): JSX.Element {
  const workspace = useWorkspace();
  const { value: rules, fault } = useLive('rules.list', {});
  const [words, setWords] = useState('');
  const [state, setState] = useState<RuleState>('all');
  const [sort, setSort] = useState<RuleSort>('level');
  const chosen = useUi((ui) => ui.ruleShown);
  const shown = useMemo(
    () => (rules ?? []).filter((rule) => isInState(rule, state) && fitsWords(rule, words)).sort(ruleOrder(sort)),
    [rules, state, words, sort],
  );
  const enable = (enabled: boolean): void => {
    const keys = shown.filter((rule) => rule.enabled !== enabled).map((rule) => rule.rule);
    void workspace.setRulesEnabled(keys, enabled);
  };
  const all = rules ?? [];
  const card = all.find((rule) => rule.rule === chosen);
  return (
    <section className="pane" aria-label="Rules">
      <header className="pane-head">
        <h2>Rules</h2>
        <input
          className="input rule-filter"
          type="search"
          placeholder="Filter by title, id, technique, file"
          aria-label="Filter rules"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
        />
        <Segments
          label="Which rules"
          value={state}
          choices={RULE_STATES.map(({ id, label }) => ({
            id,
            label: `${label} ${count(all.filter((rule) => isInState(rule, id)).length)}`,
          }))}
          onChange={setState}
        />
        <span className="spacer" />
        <button
          type="button"
          className="button quiet"
          disabled={!shown.some((r) => !r.enabled)}
          onClick={() => enable(true)}
        >
          Turn on shown
        </button>
        <button
          type="button"
          className="button quiet"
          disabled={!shown.some((r) => r.enabled)}
          onClick={() => enable(false)}
        >
          Turn off shown
        </button>
        <button type="button" className="button" onClick={() => void workspace.draft.startNew()}>
          New rule
        </button>
        <button type="button" className="button" onClick={() => void workspace.case.loadRules(true)}>
          <FolderOpen size={14} aria-hidden /> Open folder
        </button>
      </header>
      {fault && <p className="detail-note">The rules could not be listed: {fault.message}</p>}
      {rules?.length === 0 ? (
        <div className="empty">
          <h3>No rules are loaded</h3>
          <p>Open a folder of Sigma rules, single files, or the starter rules that come with this program.</p>
          <div className="row">
            <button type="button" className="button primary" onClick={() => void workspace.case.loadRules(true)}>
              Open a rule folder
            </button>
            <button type="button" className="button" onClick={() => void workspace.case.loadRules(false)}>
              Open rule files
            </button>
            <button type="button" className="button" onClick={() => void workspace.case.loadStarterRules()}>
              Load starter rules
            </button>
          </div>
        </div>
      ) : (
        <div className="rules-split">
          <RuleTable rules={shown} total={all.length} chosen={chosen} sort={sort} onSort={setSort} />
          {card && <RuleCard rule={card} />}
        </div>
      )}
    </section>
  );
}

interface TableProps {
  readonly rules: readonly RuleLine[];
  readonly total: number;
  readonly chosen: string | null;
  readonly sort: RuleSort;
  readonly onSort: (sort: RuleSort) => void;
}

function RuleTable({ rules, total, chosen, sort, onSort }: TableProps): JSX.Element {
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
    <span
      role="columnheader"
      className={className}
      aria-sort={key !== null && sort === key ? (key === 'hits' ? 'descending' : 'ascending') : 'none'}
    >
      {key === null ? (
        label
      ) : (
        <button type="button" className={sort === key ? 'is-sorted' : ''} onClick={() => onSort(key)}>
          {label}
        </button>
      )}
    </span>
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
