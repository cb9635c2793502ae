import { useMemo, useState, type JSX, type ReactNode } from 'react';
import type { CatalogGuide, CatalogNotParsed } from '../../../../shared/ipc/catalog-calls.ts';
import { VENDORS } from '../../../../shared/model/rule.ts';
import { useWorkspace } from '../../../state/context.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { RuleList } from '../rule/RuleList.tsx';
import { ExclusionTable } from '../tables/ExclusionTable.tsx';
import { FieldTable } from '../tables/FieldTable.tsx';
import { IndicatorTable } from '../tables/IndicatorTable.tsx';
import { useShown } from '../tables/More.tsx';
import { vendorName } from '../words.ts';
import { Section } from './Section.tsx';

/** The authoring guide of a set of rules: fields, indicators, exclusions, the rules themselves. */
export function Guide({
  guide,
  technique,
  children,
}: {
  readonly guide: CatalogGuide;
  readonly technique: string | null;
  /** Further sections, before the rules. */
  readonly children?: ReactNode;
}): JSX.Element {
  const here = useMemo(() => new Set(guide.rules.map(({ rule }) => rule)), [guide.rules]);
  const [hasScope, setHasScope] = useState(false);
  const [words, setWords] = useState('');
  const fields = useMemo(() => guide.fields.filter(({ isScope }) => hasScope || !isScope), [guide.fields, hasScope]);
  const indicators = useMemo(() => {
    const wanted = words.toLowerCase();
    return guide.indicators.filter(
      ({ isScope, field, value }) =>
        (hasScope || !isScope) && (wanted === '' || `${field}\n${value}`.toLowerCase().includes(wanted)),
    );
  }, [guide.indicators, hasScope, words]);
  const scopeFields = guide.fields.filter(({ isScope }) => isScope).length;
  const ofVendors = VENDORS.map((vendor) => ({ vendor, rules: guide.rules.filter((rule) => rule.vendor === vendor) }));
  return (
    <>
      <Section
        title="Fields filtered most"
        count={count(fields.length)}
        note="Rules that test a field, each counted once; names of all vendors in one row. A rule with two operators counts under both."
        actions={
          scopeFields > 0 && (
            <label className="switch" title="Fields that only say which events a rule reads">
              <input type="checkbox" checked={hasScope} onChange={(event) => setHasScope(event.target.checked)} />
              With {counted(scopeFields, 'scope field')}
            </label>
          )
        }
      >
        <FieldTable fields={fields} technique={technique} here={here} />
      </Section>
      <Section
        title="Top indicators"
        count={count(indicators.length)}
        note="What rules look for. Reach counts rules of the whole catalog that check the same: a high number means common, and noisy on its own."
        actions={
          <input
            className="input cat-filter"
            type="search"
            placeholder="Filter values"
            aria-label="Filter indicators"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        }
      >
        {indicators.length === 0 ? (
          <p className="faint">{words === '' ? 'The rules name no values.' : 'No value has these words.'}</p>
        ) : (
          <IndicatorTable rows={indicators} here={here} label="Top indicators" />
        )}
      </Section>
      <Section
        title="Exclusions"
        count={count(guide.exclusions.length)}
        note="What rules take out of their hits. A rule that leaves out none of the common ones will meet the same noise."
      >
        {guide.exclusions.length === 0 ? (
          <p className="faint">No rule here leaves anything out.</p>
        ) : (
          <ExclusionTable rows={guide.exclusions} here={here} />
        )}
      </Section>
      {children}
      <Section title="Rules by vendor" count={count(guide.rules.length)}>
        {ofVendors
          .filter(({ rules }) => rules.length > 0)
          .map(({ vendor, rules }) => (
            <div key={vendor} className="cat-vendor">
              <h4>
                {vendorName(vendor)} <span className="faint">{count(rules.length)}</span>
              </h4>
              <RuleList rules={rules} label={`${vendorName(vendor)} rules`} hasVendor={false} />
            </div>
          ))}
      </Section>
      {guide.notParsed.length > 0 && (
        <Section
          title="Not understood"
          count={count(guide.notParsed.length)}
          note="Rules, or parts of them, that the tables above do not have."
        >
          <NotParsedTable rows={guide.notParsed} />
        </Section>
      )}
    </>
  );
}

const FIRST = 50;

/** Places that could not be read, with the reason. */
export function NotParsedTable({ rows }: { readonly rows: readonly CatalogNotParsed[] }): JSX.Element {
  const workspace = useWorkspace();
  const { shown, more } = useShown(rows, FIRST);
  return (
    <div className="cat-table cat-unread" role="table" aria-label="Not understood">
      {shown.map(({ file, rule, title, line, column, reason, isError }, i) => (
        <div key={i} className="cat-unread-row selectable" role="row">
          <span role="cell" className={isError ? 'tone-bad' : 'soft'}>
            {isError ? 'not read' : 'in part'}
          </span>
          <span role="cell" className="mono" title={file}>
            {file}:{line}:{column}
          </span>
          <span role="cell">
            {reason}
            {rule !== null && (
              <>
                {' '}
                <button type="button" className="link" onClick={() => workspace.catalog.show({ kind: 'rule', rule })}>
                  {title === '' ? 'Show the rule' : title}
                </button>
              </>
            )}
          </span>
        </div>
      ))}
      {more}
    </div>
  );
}
