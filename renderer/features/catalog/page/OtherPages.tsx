import type { JSX } from 'react';
import type { CatalogIndicatorRow } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { RuleDetail } from '../rule/RuleDetail.tsx';
import { RuleList } from '../rule/RuleList.tsx';
import { IndicatorTable } from '../tables/IndicatorTable.tsx';
import { NativeNames } from '../tables/NativeNames.tsx';
import { eventWords, opWords, shownValue } from '../words.ts';
import { PageState } from './PageState.tsx';
import { Section } from './Section.tsx';

const NONE_HERE: ReadonlySet<string> = new Set();
const SEARCH_LIMIT = 40;

/** All values of a field over the whole catalog. */
export function FieldPage({ field }: { readonly field: string }): JSX.Element {
  const choice = useUi((state) => state.catalog.choice);
  const { value, fault, isStale } = useCatalog('catalog.field', { field, technique: null, choice });
  if (!value || (isStale && value.field !== field)) return <PageState fault={fault} />;
  return (
    <article className="cat-page" aria-label={`Field ${field}`}>
      <header className="cat-title">
        <h2 className="mono">{field}</h2>
        <p className="soft">
          {counted(value.rules, 'rule')}
          {value.kind !== '' && ` · ${value.kind}`}
          {value.logField && (
            <>
              {' · in Windows events '}
              <span className="mono">{value.logField.field}</span>
              {value.logField.part === 'name' && ', its last part'}
            </>
          )}
        </p>
        <NativeNames names={value.native} />
      </header>
      <Section title="Values" count={count(value.values.length)}>
        <IndicatorTable rows={value.values} here={NONE_HERE} label={`Values of ${field}`} hasField={false} />
      </Section>
    </article>
  );
}

/** The rules of one value, wherever they are. */
export function ValuePage({
  value,
}: {
  readonly value: Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>;
}): JSX.Element {
  const workspace = useWorkspace();
  const scope = useUi((state) => state.catalog.choice.scope);
  const { value: found, fault, isStale } = useCatalog('catalog.indicator', { ...value, scope });
  if (!found || isStale) return <PageState fault={fault} />;
  return (
    <article className="cat-page" aria-label={`Rules that use ${value.value}`}>
      <header className="cat-title">
        <h2 className="mono cat-value-title selectable">
          {value.value === '' ? opWords(value.op) : shownValue(value.value)}
        </h2>
        <p className="soft">
          <button
            type="button"
            className="link mono"
            onClick={() => workspace.catalog.show({ kind: 'field', field: value.field })}
          >
            {value.field}
          </button>{' '}
          {opWords(value.op)} · {counted(found.rules.length, 'rule')} look for it
          {found.excludedBy.length > 0 && `, ${count(found.excludedBy.length)} leave it out`}
        </p>
      </header>
      {found.rules.length > 0 && (
        <Section title="Rules that look for it" count={count(found.rules.length)}>
          <RuleList rules={found.rules} label="Rules that look for it" wanted={value} />
        </Section>
      )}
      {found.excludedBy.length > 0 && (
        <Section title="Rules that leave it out" count={count(found.excludedBy.length)}>
          <RuleList rules={found.excludedBy} label="Rules that leave it out" wanted={value} />
        </Section>
      )}
    </article>
  );
}

export function RulePlace({ rule }: { readonly rule: string }): JSX.Element {
  return (
    <div className="cat-page">
      <RuleDetail rule={rule} />
    </div>
  );
}

/** Everything in the catalog that has the words. */
export function SearchPage({ words }: { readonly words: string }): JSX.Element {
  const workspace = useWorkspace();
  const scope = useUi((state) => state.catalog.choice.scope);
  const { value: found, fault, isStale } = useCatalog('catalog.search', { words, scope, limit: SEARCH_LIMIT });
  if (!found || (isStale && fault)) return <PageState fault={fault} />;
  const { techniques, events, fields, values, rules, totals } = found;
  const total = Object.values(totals).reduce((sum, n) => sum + n, 0);
  const counting = (kind: keyof typeof totals): string =>
    totals[kind] > SEARCH_LIMIT ? `first ${SEARCH_LIMIT} of ${count(totals[kind])}` : count(totals[kind]);
  return (
    <article className={`cat-page${isStale ? ' is-stale' : ''}`} aria-label={`Search for ${words}`}>
      <header className="cat-title">
        <h2>“{words}” in the catalog</h2>
        <p className="soft">{total === 0 ? 'Nothing has these words.' : `${count(total)} found`}</p>
      </header>
      {techniques.length > 0 && (
        <Section title="Techniques" count={counting('techniques')}>
          <ul className="cat-events">
            {techniques.map(({ id, name, rules: n }) => (
              <Found
                key={id}
                name={id}
                note={name}
                rules={n}
                onOpen={() => workspace.catalog.show({ kind: 'technique', id })}
              />
            ))}
          </ul>
        </Section>
      )}
      {events.length > 0 && (
        <Section title="Events" count={counting('events')}>
          <ul className="cat-events">
            {events.map(({ channel, eventId, title, rules: n }) => (
              <Found
                key={`${channel} ${eventId ?? ''}`}
                name={eventWords({ channel, eventId })}
                note={title}
                rules={n}
                onOpen={() => workspace.catalog.show({ kind: 'event', channel, eventId })}
              />
            ))}
          </ul>
        </Section>
      )}
      {fields.length > 0 && (
        <Section title="Fields" count={counting('fields')}>
          <ul className="cat-events">
            {fields.map(({ field, native, rules: n }) => (
              <Found
                key={field}
                name={field}
                note={native.filter((name) => name !== field).join(', ')}
                rules={n}
                onOpen={() => workspace.catalog.show({ kind: 'field', field })}
              />
            ))}
          </ul>
        </Section>
      )}
      {values.length > 0 && (
        <Section title="Values" count={counting('values')}>
          <IndicatorTable rows={values} here={NONE_HERE} label="Values found" />
        </Section>
      )}
      {rules.length > 0 && (
        <Section title="Rules" count={counting('rules')}>
          <RuleList rules={rules} label="Rules found" />
        </Section>
      )}
    </article>
  );
}

function Found(props: {
  readonly name: string;
  readonly note: string;
  readonly rules: number;
  readonly onOpen: () => void;
}): JSX.Element {
  return (
    <li>
      <button type="button" className="line-button cat-event" onClick={props.onOpen}>
        <span className="mono line-name">{props.name}</span>
        <span className="soft nowrap">{props.note}</span>
        <span className="number">{counted(props.rules, 'rule')}</span>
      </button>
    </li>
  );
}
