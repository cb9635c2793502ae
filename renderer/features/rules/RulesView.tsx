import { FolderOpen } from 'lucide-react';
import { useMemo, useState, type JSX } from 'react';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { Segments } from '../../ui/controls.tsx';
import { focusPaneSoon } from '../../ui/panes.ts';
import { count } from '../../ui/text/format.ts';
import { RuleCard } from './RuleCard.tsx';
import { fitsWords, isInState, RULE_STATES, ruleOrder, type RuleSort, type RuleState } from './rule-list.ts';
import { RuleTable } from './RuleTable.tsx';
import './rules.css';

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
      <header className="pane-head rules-head">
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
        <div className="rules-actions">
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
          <button
            type="button"
            className="button quiet"
            title="Your own lists for %name% in rules"
            onClick={() => {
              workspace.store.setState({ dialog: 'placeholders' });
            }}
          >
            Placeholders
          </button>
          <button
            type="button"
            className="button"
            onClick={() => void workspace.draft.startNew().then(() => focusPaneSoon('side', 'text'))}
          >
            New rule
          </button>
          <button type="button" className="button" onClick={() => void workspace.case.loadRules(true)}>
            <FolderOpen size={14} aria-hidden /> Open folder
          </button>
        </div>
      </header>
      {fault && <p className="detail-note">The rules could not be listed: {fault.message}</p>}
      {rules?.length === 0 ? (
        <NoRules />
      ) : (
        <div className="rules-split">
          <RuleTable rules={shown} total={all.length} chosen={chosen} sort={sort} onSort={setSort} />
          {card && <RuleCard rule={card} />}
        </div>
      )}
    </section>
  );
}

function NoRules(): JSX.Element {
  const workspace = useWorkspace();
  return (
    <div className="empty">
      <h3>No rules are loaded</h3>
      <p>
        Open a folder of rules (Sigma, Elastic, Splunk, Kusto), single files, or the starter rules that come with this
        program.
      </p>
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
  );
}
