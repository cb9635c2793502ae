import { X } from 'lucide-react';
import { useEffect, useState, type JSX } from 'react';
import type { RuleLine } from '../../../shared/ipc/contract.ts';
import { positionAt, type Position, type Span } from '../../../shared/model/span.ts';
import { useWorkspace } from '../../state/context.ts';
import { IconButton } from '../../ui/controls.tsx';
import { counted } from '../../ui/text/format.ts';
import { levelLabel, Severity } from '../../ui/severity.tsx';
import { KIND_WORDS } from './rule-list.ts';

/** One rule beside the list: what it says of itself, what keeps it from running, and what can be done with it. */
export function RuleCard({ rule }: { readonly rule: RuleLine }): JSX.Element {
  const workspace = useWorkspace();
  const text = useRuleText(rule);
  const place = (span: Span): Position | null => (text === null ? null : positionAt(text, span.start));
  return (
    <aside className="rule-card selectable" aria-label={rule.title}>
      <div className="rule-card-head">
        <h3>{rule.title}</h3>
        <IconButton
          icon={X}
          label="Close"
          onClick={() => {
            workspace.store.setState({ ruleShown: null });
          }}
        />
      </div>
      <div className="row">
        <button type="button" className="button primary" onClick={() => void workspace.draft.openRule(rule.rule)}>
          Open in editor
        </button>
        <button
          type="button"
          className="button"
          disabled={rule.hits === 0}
          onClick={() => {
            workspace.setFilter((filter) => ({ ...filter, of: { kind: 'rule', rule: rule.rule } }));
            workspace.store.setState({ activity: 'hits' });
          }}
        >
          Show {counted(rule.hits, 'hit')}
        </button>
        <button type="button" className="button quiet" onClick={() => void workspace.unloadRules([rule.rule])}>
          Unload
        </button>
      </div>
      <Findings rule={rule} title="Could not run" list={rule.notRun} place={place} />
      <Findings rule={rule} title="Runs, but" list={rule.warnings} place={place} />
      {rule.cannotFire !== null && (
        <section>
          <h4>Cannot fire on these logs</h4>
          <p>{rule.cannotFire}</p>
        </section>
      )}
      {rule.description !== '' && <p className="rule-description">{rule.description}</p>}
      <dl>
        <dt>Level</dt>
        <dd>
          <Severity level={rule.level} label={false} /> {levelLabel(rule.level)}
        </dd>
        {rule.kind !== 'rule' && <Entry name="Kind" value={KIND_WORDS[rule.kind]} />}
        <Entry name="Status" value={rule.status} />
        <Entry name="Logsource" value={rule.logsource} />
        {rule.techniques.length > 0 && (
          <>
            <dt>Techniques</dt>
            <dd>
              {rule.techniques.map((id) => (
                <button
                  key={id}
                  type="button"
                  className="link rule-technique"
                  title={`Show what other rules for ${id} look for`}
                  onClick={() => workspace.catalog.show({ kind: 'technique', id })}
                >
                  {id}
                </button>
              ))}
            </dd>
          </>
        )}
        <Entry name="Hosts" value={rule.hosts > 0 ? String(rule.hosts) : ''} />
        <Entry name="Author" value={rule.author} />
        <Entry name="Id" value={rule.id} mono />
        <Entry name="File" value={rule.file} mono />
      </dl>
    </aside>
  );
}

interface FindingsProps {
  readonly rule: RuleLine;
  readonly title: string;
  readonly list: RuleLine['notRun'];
  readonly place: (span: Span) => Position | null;
}

/** What is to say of a rule's text, each at its place; a click opens it there. */
function Findings({ rule, title, list, place }: FindingsProps): JSX.Element | null {
  const workspace = useWorkspace();
  if (list.length === 0) return null;
  return (
    <section>
      <h4>{title}</h4>
      <ul className="rule-faults">
        {list.map((fault, i) => {
          const at = place(fault.span);
          return (
            <li key={i}>
              <button
                type="button"
                className="link mono"
                onClick={() => void workspace.draft.openRule(rule.rule, fault.span)}
              >
                {at ? `${at.line}:${at.column}` : 'Show'}
              </button>
              <span>
                {fault.message} <span className="faint mono">{fault.code}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Entry(props: { readonly name: string; readonly value: string; readonly mono?: boolean }): JSX.Element | null {
  if (props.value === '') return null;
  return (
    <>
      <dt>{props.name}</dt>
      <dd className={props.mono ? 'mono' : ''}>{props.value}</dd>
    </>
  );
}

/** Text of the rule's file, for lines and columns; asked only where there are places to tell. */
function useRuleText(rule: RuleLine): string | null {
  const { api } = useWorkspace();
  const [text, setText] = useState<{ rule: string; text: string } | null>(null);
  const wanted = rule.notRun.length + rule.warnings.length > 0 ? rule.rule : null;
  useEffect(() => {
    if (wanted === null) return;
    let dropped = false;
    void api.call('rules.text', { rule: wanted }).then((result) => {
      if (!dropped && result.ok) setText({ rule: wanted, text: result.value.text });
    });
    return () => {
      dropped = true;
    };
  }, [api, wanted]);
  return text?.rule === rule.rule ? text.text : null;
}
