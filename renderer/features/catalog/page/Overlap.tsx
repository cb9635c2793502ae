import { useState, type JSX } from 'react';
import type { CatalogOverlap } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { Segments } from '../../../ui/controls.tsx';
import { count } from '../../../ui/text/format.ts';
import { RuleList } from '../rule/RuleList.tsx';
import { useShown } from '../tables/More.tsx';
import { Row } from '../tables/Row.tsx';
import { Likeness, SharedKeys } from '../tables/SharedKeys.tsx';
import { vendorName } from '../words.ts';
import { Section } from './Section.tsx';

const LIMIT = 300;
const FIRST = 12;

/** Pairs of a technique's rules that look for the same: near-duplicates, across vendors or among all. */
export function Overlap({ technique }: { readonly technique: string }): JSX.Element {
  const choice = useUi((state) => state.catalog.choice);
  const [which, setWhich] = useState<'across' | 'all'>('across');
  const input = { technique, choice, isAcrossVendors: which === 'across', limit: LIMIT };
  const { value, fault } = useCatalog('catalog.overlap', input);
  return (
    <Section
      title="Overlap"
      {...(value ? { count: count(value.total) } : {})}
      note="Rules that look for the same values. A rare value says more than a common one; a path's end and the name in it are one."
      actions={
        <Segments
          label="Which pairs"
          value={which}
          choices={[
            { id: 'across', label: 'Across vendors' },
            { id: 'all', label: 'All' },
          ]}
          onChange={setWhich}
        />
      }
    >
      {fault && <p className="detail-note">The overlap could not be told: {fault.message}</p>}
      {!value && !fault && <p className="faint">Comparing the rules…</p>}
      {value?.pairs.length === 0 && (
        <p className="faint">
          {which === 'across'
            ? 'No two vendors look for much of the same here.'
            : 'No two rules look for much of the same.'}
        </p>
      )}
      {value && value.pairs.length > 0 && <Pairs pairs={value.pairs} />}
    </Section>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly CatalogOverlap[] }): JSX.Element {
  const { shown, more } = useShown(pairs, FIRST);
  return (
    <div className="cat-table cat-pairs" role="table" aria-label="Overlap">
      {shown.map(({ a, b, similarity, shared, ofA, ofB }) => (
        <Row
          key={`${a.rule} ${b.rule}`}
          label={`${a.title}, ${vendorName(a.vendor)}, and ${b.title}, ${vendorName(b.vendor)}`}
          head={
            <>
              <PairTitle title={a.title} vendor={vendorName(a.vendor)} />
              <span className="faint cat-like-sign" aria-hidden>
                ≈
              </span>
              <PairTitle title={b.title} vendor={vendorName(b.vendor)} />
            </>
          }
          cells={[
            <span key="shared" className="soft" title="Values that both look for, of those of the first and the second">
              {shared.length} of {ofA} and {ofB}
            </span>,
            <Likeness key="likeness" similarity={similarity} />,
          ]}
          body={() => (
            <>
              <SharedKeys shared={shared} />
              <RuleList rules={[a, b]} label={`${a.title} and ${b.title}`} />
            </>
          )}
        />
      ))}
      {more}
    </div>
  );
}

function PairTitle({ title, vendor }: { readonly title: string; readonly vendor: string }): JSX.Element {
  return (
    <span className="cat-pair" title={`${vendor}: ${title}`}>
      <small className="faint">{vendor}</small> {title}
    </span>
  );
}
