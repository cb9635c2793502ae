import type { JSX } from 'react';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count } from '../../../ui/text/format.ts';
import { Severity } from '../../../ui/severity.tsx';
import { useShown } from '../tables/More.tsx';
import { Row } from '../tables/Row.tsx';
import { Likeness, SharedKeys } from '../tables/SharedKeys.tsx';
import { vendorName } from '../words.ts';

const FIRST = 6;

/** Rules that look for the same as one, other vendors' first: what they share, and how much of each that is. */
export function SimilarRules({ rule }: { readonly rule: string }): JSX.Element | null {
  const workspace = useWorkspace();
  const scope = useUi((state) => state.catalog.choice.scope);
  const { value, fault } = useCatalog('catalog.similar', { rule, scope });
  const { shown, more } = useShown(value ?? [], FIRST);
  if (fault) return <p className="detail-note">Similar rules could not be looked for: {fault.message}</p>;
  if (!value) return null;
  return (
    <section className="cat-similar" aria-label="Similar rules">
      <h4>
        Similar rules <span className="faint">{count(value.length)}</span>
      </h4>
      {value.length === 0 ? (
        <p className="faint">No other rule looks for much of the same.</p>
      ) : (
        <div className="cat-table cat-similar-rules" role="table" aria-label="Similar rules">
          {shown.map(({ rule: other, similarity, shared, ofThis, ofOther, techniques }) => (
            <Row
              key={other.rule}
              label={`${other.title}, ${vendorName(other.vendor)}`}
              head={
                <>
                  <Severity level={other.level} />
                  <span className="cat-rule-title" title={other.title}>
                    {other.title}
                  </span>
                </>
              }
              cells={[
                <span key="vendor">{vendorName(other.vendor)}</span>,
                <span key="technique" className="soft mono" title={techniques.join(', ')}>
                  {techniques.join(', ')}
                </span>,
                <span key="shared" className="soft" title="Values that both look for, of those of each">
                  {shared.length} of {ofThis} here, of {ofOther} there
                </span>,
                <Likeness key="likeness" similarity={similarity} />,
              ]}
              body={() => (
                <>
                  <SharedKeys shared={shared} />
                  <button
                    type="button"
                    className="link cat-elsewhere"
                    onClick={() => workspace.catalog.show({ kind: 'rule', rule: other.rule })}
                  >
                    Show this rule
                  </button>
                </>
              )}
            />
          ))}
          {more}
        </div>
      )}
    </section>
  );
}
