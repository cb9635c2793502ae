import { useState, type JSX } from 'react';
import type { CaseCoverage, CoverageRule, TechniqueOnCase } from '../../../shared/ipc/coverage-calls.ts';
import { VENDOR_NAMES } from '../../../shared/catalog/page/page-text.ts';
import { RULE_STATES, type RuleState } from '../../../shared/catalog/coverage/states.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { openEvents } from '../../state/ui-state.ts';
import { Severity } from '../../ui/severity.tsx';
import { tacticTitle } from '../../ui/tactics.ts';
import { count, counted, shortChannel } from '../../ui/text/format.ts';
import { stateMeaning, StateMark, stateWords } from './states.tsx';
import { useCoverage, useTechnique } from './use-coverage.ts';

/** The technique at the cursor: the events that it needs, and its rules; else what is open and no rule reads. */
export function CoverageDetail(): JSX.Element {
  const technique = useUi((state) => state.coverage.cursor?.technique ?? null);
  const { value, fault, isStale } = useTechnique(technique);
  const row = value?.row ?? null;
  const isOther = row !== null && row.technique !== technique;
  return (
    <section className="pane cov-detail" aria-label="Technique on the open logs" data-pane-focus="detail" tabIndex={-1}>
      {fault && <p className="detail-note">The technique could not be told: {fault.message}</p>}
      {technique === null || (row === null && !isStale) ? (
        <Unread />
      ) : (
        row !== null &&
        value !== null && (
          <div className={`cov-scroll${isOther ? ' is-stale' : ''}`}>
            <Head value={value} row={row} />
            <Needed value={value} />
            <Rules key={row.technique} rules={value.rules} />
          </div>
        )
      )}
    </section>
  );
}

function Head(props: {
  readonly value: TechniqueOnCase;
  readonly row: NonNullable<TechniqueOnCase['row']>;
}): JSX.Element {
  const { technique, name, tactics, state, rules, run, idle, hits } = props.row;
  const workspace = useWorkspace();
  return (
    <header className="cov-title">
      <h2>
        {name === '' ? 'Not in ATT&CK 17' : name} <span className="mono">{technique}</span>
      </h2>
      <p className="soft">{tactics.map(tacticTitle).join(', ')}</p>
      <p className="cov-verdict" title={stateMeaning(state)}>
        <StateMark state={state} /> <b>{stateWords(state)}</b>{' '}
        <span className="soft">
          {hits > 0 && `${counted(hits, 'hit')} · `}
          {counted(rules, 'rule')}, {count(run)} run
          {idle > 0 && `, ${count(idle)} could hit and do not run`}
        </span>
      </p>
      <p className="faint">{stateMeaning(state)}.</p>
      <div className="row cov-actions">
        <button
          type="button"
          className="button"
          onClick={() => workspace.catalog.show({ kind: 'technique', id: technique })}
        >
          Technique page <kbd className="kbd">Enter</kbd>
        </button>
        <button type="button" className="button quiet" onClick={() => workspace.setCoverage({ cursor: null })}>
          Events without a rule
        </button>
      </div>
    </header>
  );
}

/** The kinds of events that the rules read: those that are not open are what to collect. */
function Needed({ value }: { readonly value: TechniqueOnCase }): JSX.Element | null {
  const workspace = useWorkspace();
  const hasLogs = useUi((state) => openEvents(state) > 0);
  const { events } = value;
  if (events.length === 0) return null;
  const open = events.filter((event) => event.open > 0).length;
  return (
    <section className="cov-section" aria-label="Events that its rules read">
      <h3>
        Events that its rules read{' '}
        <span className="faint">{hasLogs ? `${open} of ${events.length} kinds open` : count(events.length)}</span>
      </h3>
      <ul>
        {events.map(({ channel, eventId, title, rules, open: n }) => (
          <li key={`${channel} ${eventId ?? ''}`}>
            <button
              type="button"
              className="line-button cov-event"
              title={`${channel} ${eventId ?? 'any event'}${title === '' ? '' : `, ${title}`}`}
              onClick={() => workspace.catalog.show({ kind: 'event', channel, eventId })}
            >
              <span className="line-name nowrap">
                {shortChannel(channel)} {eventId ?? ''}{' '}
                <small className="faint">{eventId === null && title === '' ? 'any event' : title}</small>
              </span>
              <span className="number soft">{counted(rules, 'rule')}</span>
              {hasLogs && (
                <span className={`number${n > 0 ? '' : ' cov-missing'}`}>{n > 0 ? `${count(n)} open` : 'missing'}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const FIRST = 12;

function Rules({ rules }: { readonly rules: readonly CoverageRule[] }): JSX.Element {
  return (
    <>
      {RULE_STATES.map((state) => {
        const here = rules.filter((rule) => rule.state === state);
        return here.length > 0 ? <RulesOfState key={state} state={state} rules={here} /> : null;
      })}
    </>
  );
}

const HEADS: Readonly<Record<RuleState, string>> = {
  hit: 'Rules that hit',
  ready: 'Rules that could hit',
  absent: 'Rules without their events',
  unknown: 'Rules of which nothing can be told',
};

function RulesOfState(props: { readonly state: RuleState; readonly rules: readonly CoverageRule[] }): JSX.Element {
  const { state, rules } = props;
  const [limit, setLimit] = useState(FIRST);
  return (
    <section className="cov-section" aria-label={HEADS[state]}>
      <h3>
        <StateMark state={state} /> {HEADS[state]} <span className="faint">{count(rules.length)}</span>
      </h3>
      <ul>
        {rules.slice(0, limit).map((rule) => (
          <RuleLine key={rule.rule.rule} rule={rule} />
        ))}
      </ul>
      {rules.length > limit && (
        <button type="button" className="button quiet" onClick={() => setLimit(limit + 100)}>
          Show {count(Math.min(100, rules.length - limit))} more
        </button>
      )}
    </section>
  );
}

function RuleLine({ rule }: { readonly rule: CoverageRule }): JSX.Element {
  const workspace = useWorkspace();
  const { rule: ref, loaded, isRun, hits, reason } = rule;
  const why = reason !== '' ? reason : loaded === null ? 'not loaded' : isRun ? '' : 'off, or cannot run';
  return (
    <li className="cov-rule">
      <Severity level={ref.level} />
      <button
        type="button"
        className="link nowrap"
        title={`${ref.title}\n${ref.file}`}
        onClick={() => workspace.catalog.show({ kind: 'rule', rule: ref.rule })}
      >
        {ref.title}
      </button>
      <span className="faint">{VENDOR_NAMES[ref.vendor]}</span>
      {hits > 0 && loaded !== null ? (
        <button type="button" className="link number" onClick={() => workspace.showHitsOf(loaded)}>
          {counted(hits, 'hit')}
        </button>
      ) : (
        <span className="faint nowrap cov-why" title={why}>
          {why}
        </span>
      )}
    </li>
  );
}

/** Kinds of open events that no rule of the catalog reads: what happens there, no rule would show. */
function Unread(): JSX.Element {
  const { value } = useCoverage();
  const kinds = value?.unread ?? [];
  return (
    <div className="cov-scroll">
      <header className="cov-title">
        <h2>Events without a rule</h2>
        <p className="soft">
          {!value?.hasLogs
            ? 'No logs are open.'
            : kinds.length === 0
              ? 'Some rule of the catalog reads each kind of event that is open.'
              : `${counted(kinds.length, 'kind')} of open events that no rule of the catalog reads: what happens there, none of them would show.`}
        </p>
        <p className="faint">Choose a technique to see the events that it needs, and its rules.</p>
      </header>
      <UnreadKinds kinds={kinds} />
    </div>
  );
}

function UnreadKinds({ kinds }: { readonly kinds: CaseCoverage['unread'] }): JSX.Element {
  const workspace = useWorkspace();
  const [limit, setLimit] = useState(100);
  return (
    <section className="cov-section" aria-label="Events without a rule">
      <ul>
        {kinds.slice(0, limit).map(({ channel, eventId, title, events }) => (
          <li key={`${channel} ${eventId ?? ''}`}>
            <button
              type="button"
              className="line-button cov-event"
              title={`Show these events: ${channel} ${eventId ?? ''}`}
              onClick={() => workspace.showKind(channel, eventId)}
            >
              <span className="line-name nowrap">
                {shortChannel(channel)} {eventId ?? ''} <small className="faint">{title}</small>
              </span>
              <span className="number">{count(events)}</span>
            </button>
          </li>
        ))}
      </ul>
      {kinds.length > limit && (
        <button type="button" className="button quiet" onClick={() => setLimit(limit + 500)}>
          Show {count(kinds.length - limit)} more
        </button>
      )}
    </section>
  );
}
