import { ChevronDown } from 'lucide-react';
import type { JSX } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { CatalogChoice, CatalogGuide } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { Segments } from '../../../ui/controls.tsx';
import { count } from '../../../ui/text/format.ts';
import { vendorName } from '../words.ts';

type Facet = 'vendors' | 'platforms' | 'levels' | 'statuses';

const FACETS: readonly { readonly facet: Facet; readonly label: string }[] = [
  { facet: 'vendors', label: 'Vendor' },
  { facet: 'platforms', label: 'Platform' },
  { facet: 'levels', label: 'Level' },
  { facet: 'statuses', label: 'Status' },
];

/** Which rules the page is made of. */
export function ChoiceBar(props: {
  readonly facets: CatalogGuide['facets'];
  /** Whether the page's technique has sub-techniques to leave out. */
  readonly hasSubtechniques: boolean;
}): JSX.Element {
  const { facets, hasSubtechniques } = props;
  const workspace = useWorkspace();
  const choice = useUi((state) => state.catalog.choice);
  const isNarrowed = FACETS.some(({ facet }) => choice[facet].length > 0);
  return (
    <div className="cat-choice" role="group" aria-label="Which rules">
      <Segments
        label="Scope"
        value={choice.scope}
        choices={[
          { id: 'windows', label: 'Windows', title: 'Rules over Windows events; also in the reach' },
          { id: 'all', label: 'All platforms' },
        ]}
        onChange={(scope) => workspace.catalog.choose({ scope })}
      />
      {FACETS.map(({ facet, label }) => (
        <FacetMenu key={facet} facet={facet} label={label} choice={choice} names={facets[facet]} />
      ))}
      {hasSubtechniques && (
        <label className="switch">
          <input
            type="checkbox"
            checked={choice.subtechniques}
            onChange={(event) => workspace.catalog.choose({ subtechniques: event.target.checked })}
          />
          With sub-techniques
        </label>
      )}
      {isNarrowed && (
        <button
          type="button"
          className="button quiet"
          onClick={() => workspace.catalog.choose({ vendors: [], platforms: [], levels: [], statuses: [] })}
        >
          Clear
        </button>
      )}
    </div>
  );
}

function FacetMenu(props: {
  readonly facet: Facet;
  readonly label: string;
  readonly choice: CatalogChoice;
  readonly names: readonly { readonly name: string; readonly rules: number }[];
}): JSX.Element | null {
  const { facet, label, choice, names } = props;
  const workspace = useWorkspace();
  const chosen: readonly string[] = choice[facet];
  if (names.length < 2 && chosen.length === 0) return null;
  const known = new Set(names.map(({ name }) => name));
  const all = [...names, ...chosen.filter((name) => !known.has(name)).map((name) => ({ name, rules: 0 }))];
  return (
    <MenuTrigger>
      <Button className={`button${chosen.length > 0 ? ' pressed' : ''}`}>
        {chosen.length === 0 ? label : `${label}: ${chosen.map((name) => facetWords(facet, name)).join(', ')}`}
        <ChevronDown size={12} aria-hidden />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label={label}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={(keys) => {
            const next = keys === 'all' ? all.map(({ name }) => name) : [...keys].map(String);
            workspace.catalog.choose({ [facet]: next });
          }}
        >
          {all.map(({ name, rules }) => (
            <MenuItem key={name} id={name} className="menu-item" textValue={name}>
              <span className="cat-check" aria-hidden />
              <span className="label">{facetWords(facet, name)}</span>
              <span className="keys">{count(rules)}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function facetWords(facet: Facet, name: string): string {
  if (facet === 'vendors' && (name === 'sigma' || name === 'elastic' || name === 'splunk' || name === 'kusto')) {
    return vendorName(name);
  }
  return name;
}
