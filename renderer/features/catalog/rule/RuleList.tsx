import type { JSX } from 'react';
import type { CatalogIndicatorRow, CatalogRuleRef } from '../../../../shared/ipc/catalog-calls.ts';
import { levelLabel, Severity } from '../../../ui/severity.tsx';
import { useShown } from '../tables/More.tsx';
import { Row } from '../tables/Row.tsx';
import { eventWords, languageName, vendorName } from '../words.ts';
import { RuleDetail } from './RuleDetail.tsx';

const FIRST = 30;

/** Rules as rows; each opens in place to all that it tests and its source. */
export function RuleList(props: {
  readonly rules: readonly CatalogRuleRef[];
  readonly label: string;
  /** The value that led here: its place in the source is shown first. */
  readonly wanted?: Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>;
  readonly hasVendor?: boolean;
}): JSX.Element {
  const { rules, label, wanted, hasVendor = true } = props;
  const { shown, more } = useShown(rules, FIRST);
  return (
    <div className={`cat-table cat-rules${hasVendor ? '' : ' no-vendor'}`} role="table" aria-label={label}>
      {shown.map((rule) => (
        <Row
          key={rule.rule}
          label={rule.title}
          head={
            <>
              <Severity level={rule.level} />
              <span className="cat-rule-title" title={`${levelLabel(rule.level)}: ${rule.title}`}>
                {rule.title}
              </span>
              {rule.isPartly && (
                <span className="cat-partly" title="Some of this rule was not understood">
                  in part
                </span>
              )}
            </>
          }
          cells={[
            ...(hasVendor ? [<span key="vendor">{vendorName(rule.vendor)}</span>] : []),
            <span key="language" className="soft">
              {rule.vendor === 'sigma' ? '' : languageName(rule.language)}
            </span>,
            <span key="status" className="soft">
              {rule.status}
            </span>,
            <span key="events" className="soft" title={rule.events.map(eventWords).join('\n')}>
              {rule.events.length > 0 ? rule.events.map(eventWords).join(', ') : rule.platforms.join(', ')}
            </span>,
          ]}
          body={() => <RuleDetail rule={rule.rule} {...(wanted ? { wanted } : {})} />}
        />
      ))}
      {more}
    </div>
  );
}
