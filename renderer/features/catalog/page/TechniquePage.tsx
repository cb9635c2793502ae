import { ClipboardCopy } from 'lucide-react';
import type { JSX } from 'react';
import type { CatalogExportFormat, CatalogTechniquePage } from '../../../../shared/ipc/catalog-calls.ts';
import { VENDORS } from '../../../../shared/model/rule.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { ExportMenu } from '../../../ui/ExportMenu.tsx';
import { tacticTitle } from '../../../ui/tactics.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { vendorName } from '../words.ts';
import { ChoiceBar } from './ChoiceBar.tsx';
import { EventsCovered } from './Events.tsx';
import { Gaps } from './Gaps.tsx';
import { Guide } from './Guide.tsx';
import { Overlap } from './Overlap.tsx';
import { PageState } from './PageState.tsx';
import { Section } from './Section.tsx';

/** A technique: what the rules of all vendors look at, look for and leave out. */
export function TechniquePage({ id }: { readonly id: string }): JSX.Element {
  const choice = useUi((state) => state.catalog.choice);
  const { value: page, fault, isStale } = useCatalog('catalog.technique', { technique: id, choice });
  // The page of another technique is no stand-in for this one.
  if (!page || (isStale && page.technique.id !== id)) return <PageState fault={fault} />;
  return (
    <article
      className={`cat-page${isStale ? ' is-stale' : ''}`}
      aria-label={`${page.technique.id} ${page.technique.name}`}
    >
      <Head page={page} />
      <ChoiceBar facets={page.facets} hasSubtechniques={page.subtechniques.length > 0} />
      {page.rules.length === 0 ? (
        <NoRules page={page} />
      ) : (
        <>
          {page.events.length > 0 && (
            <Section title="Events covered" count={count(page.events.length)}>
              <EventsCovered events={page.events} />
            </Section>
          )}
          <Guide guide={page} technique={id}>
            <Gaps page={page} />
            {page.rules.length > 1 && <Overlap technique={id} />}
          </Guide>
        </>
      )}
    </article>
  );
}

function Head({ page }: { readonly page: CatalogTechniquePage }): JSX.Element {
  const workspace = useWorkspace();
  const { technique, parent, subtechniques, tactics, description, vendors } = page;
  const known = VENDORS.filter((vendor) => vendors[vendor] > 0);
  const link = (id: string, words: string, title: string): JSX.Element => (
    <button
      key={id}
      type="button"
      className="link"
      title={title}
      onClick={() => workspace.catalog.show({ kind: 'technique', id })}
    >
      {words}
    </button>
  );
  return (
    <header className="cat-title">
      <div className="cat-title-line">
        <h2>
          {technique.name === '' ? 'Not in ATT&CK 17' : technique.name} <span className="mono">{technique.id}</span>
        </h2>
        <span className="spacer" />
        <button type="button" className="button quiet" onClick={() => void workspace.copyTechniquePage()}>
          <ClipboardCopy size={14} aria-hidden /> <span className="cat-wide-only">Copy as Markdown</span>
        </button>
        <ExportMenu
          label="Export this page as"
          formats={FORMATS}
          onExport={(format) => void workspace.catalog.export(technique.id, format)}
        />
      </div>
      <p className="soft">
        {parent && <>{link(parent.id, `${parent.id} ${parent.name}`, 'The technique that this is a part of')} · </>}
        {tactics.map(({ name }) => tacticTitle(name)).join(', ')}
        {known.length > 0 && (
          <>
            {' · '}
            {known.map((vendor) => `${vendorName(vendor)} ${count(vendors[vendor])}`).join(', ')}
          </>
        )}
      </p>
      {description !== null && <p className="cat-about selectable">{description}</p>}
      {subtechniques.length > 0 && (
        <p className="cat-subtechniques">
          {subtechniques
            .filter(({ rules }) => rules > 0)
            .map(({ id, name, rules }) => (
              <span key={id}>
                {link(id, `${id.slice(id.indexOf('.'))} ${name}`, counted(rules, 'rule'))}{' '}
                <span className="faint">{count(rules)}</span>
              </span>
            ))}
        </p>
      )}
    </header>
  );
}

const FORMATS: readonly { readonly id: CatalogExportFormat; readonly label: string }[] = [
  { id: 'json', label: 'JSON, every row' },
  { id: 'csv', label: 'CSV, every row' },
  { id: 'html', label: 'HTML' },
  { id: 'md', label: 'Markdown' },
];

/** A page without rules says why, and what can be done. */
function NoRules({ page }: { readonly page: CatalogTechniquePage }): JSX.Element {
  const workspace = useWorkspace();
  const choice = useUi((state) => state.catalog.choice);
  const isNarrowed =
    choice.scope === 'windows' ||
    [choice.vendors, choice.platforms, choice.levels, choice.statuses].some((list) => list.length > 0);
  return (
    <div className="empty">
      <h3>No rule here is tagged with {page.technique.id}</h3>
      <p>
        {isNarrowed
          ? 'None is left after the choice above. Rules of other platforms or vendors may be.'
          : 'Add a folder with rules of Sigma, Elastic, Splunk or Kusto: the page is made from what they test.'}
      </p>
      <div className="row">
        {isNarrowed && (
          <button
            type="button"
            className="button primary"
            onClick={() =>
              workspace.catalog.choose({ scope: 'all', vendors: [], platforms: [], levels: [], statuses: [] })
            }
          >
            Show all rules
          </button>
        )}
        <button type="button" className="button" onClick={() => void workspace.catalog.openFolders()}>
          Add a rule folder
        </button>
      </div>
    </div>
  );
}
