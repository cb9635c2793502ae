import { useMemo, useState, type JSX } from 'react';
import type { CatalogIndicatorRow, CatalogTechniquePage } from '../../../../shared/ipc/catalog-calls.ts';
import { VENDORS, type Vendor } from '../../../../shared/model/rule.ts';
import { Segments } from '../../../ui/controls.tsx';
import { count } from '../../../ui/text/format.ts';
import { IndicatorTable } from '../tables/IndicatorTable.tsx';
import { vendorName } from '../words.ts';
import { Section } from './Section.tsx';

/** What rules of one vendor alone look for, and who lacks it: what to learn from others, or to check one's own by. */
export function Gaps({ page }: { readonly page: CatalogTechniquePage }): JSX.Element | null {
  const { gaps, indicators, vendors } = page;
  const [chosen, setChosen] = useState<Vendor | 'all'>('all');
  const here = useMemo(() => new Set(page.rules.map(({ rule }) => rule)), [page.rules]);
  const known = useMemo(() => new Set(gaps.map(keyOf)), [gaps]);
  const all = useMemo(() => indicators.filter((row) => known.has(keyOf(row))), [indicators, known]);
  const rows = useMemo(() => all.filter((row) => chosen === 'all' || row.onlyVendor === chosen), [all, chosen]);
  const present = VENDORS.filter((vendor) => vendors[vendor] > 0);
  if (present.length < 2) return null;
  const of = (vendor: Vendor): number => all.filter(({ onlyVendor }) => onlyVendor === vendor).length;
  return (
    <Section
      title="Only one vendor looks for"
      count={count(rows.length)}
      note="Values that no rule of another vendor checks, for any technique, and which vendors of this page lack them."
      actions={
        all.length > 0 && (
          <Segments<Vendor | 'all'>
            label="Whose values"
            value={chosen}
            choices={[
              { id: 'all', label: 'All' },
              ...present.map((vendor) => ({
                id: vendor,
                label: `${vendorName(vendor)} ${count(of(vendor))}`,
                disabled: of(vendor) === 0,
              })),
            ]}
            onChange={setChosen}
          />
        )
      }
    >
      {rows.length === 0 ? (
        <p className="faint">Each value is looked for by more than one vendor.</p>
      ) : (
        <IndicatorTable
          rows={rows}
          here={here}
          label="Only one vendor looks for"
          lackedBy={({ onlyVendor }) => present.filter((vendor) => vendor !== onlyVendor)}
        />
      )}
    </Section>
  );
}

function keyOf({ field, op, value }: Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>): string {
  return `${field}\n${op}\n${value}`;
}
