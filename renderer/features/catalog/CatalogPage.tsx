import { useEffect, useRef, useState, type JSX } from 'react';
import type { CatalogPlace } from '../../state/catalog-state.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useCatalog } from '../../state/use-answer.ts';
import { CatalogMenu } from './CatalogMenu.tsx';
import { richest } from './list/technique-rows.ts';
import { MenuContext, type MenuTarget } from './menu.ts';
import { EventPage } from './page/EventPage.tsx';
import { FieldPage, RulePlace, SearchPage, ValuePage } from './page/OtherPages.tsx';
import { PageState } from './page/PageState.tsx';
import { SourcesPage } from './page/SourcesPage.tsx';
import { TechniquePage } from './page/TechniquePage.tsx';
import { moveBetweenRows } from './tables/Row.tsx';
import { eventWords } from './words.ts';
import './page/page.css';
import './tables/tables.css';
import './rule/rule.css';
// Last, since it takes back what the others say.
import './narrow.css';

/** The page that the catalog shows, with the menu of its values. */
export function CatalogPage(): JSX.Element {
  const workspace = useWorkspace();
  const place = useUi((state) => state.catalog.place);
  const shown = useFirstPlace(place);
  const [menu, setMenu] = useState<MenuTarget | null>(null);
  const body = useRef<HTMLDivElement | null>(null);
  const key = JSON.stringify(shown);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
  }, [key]);
  useEffect(() => {
    void workspace.catalog.refreshSummary();
  }, [workspace]);
  return (
    <section className="pane catalog-page" aria-label="Catalog page">
      <header className="pane-head">
        <span className="soft nowrap">{shown === null ? '' : placeWords(shown)}</span>
      </header>
      <div ref={body} className="pane-body cat-scroll" data-pane-focus="page" tabIndex={-1} onKeyDown={moveBetweenRows}>
        <MenuContext value={setMenu}>
          {shown === null ? <PageState fault={null} /> : <Place key={key} place={shown} />}
        </MenuContext>
      </div>
      <CatalogMenu target={menu} onClose={() => setMenu(null)} />
    </section>
  );
}

/** The place to show: where none was chosen, the technique that most rules name. */
function useFirstPlace(place: CatalogPlace | null): CatalogPlace | null {
  const workspace = useWorkspace();
  const scope = useUi((state) => state.catalog.choice.scope);
  const { value: lines } = useCatalog('catalog.techniques', place === null ? { scope } : null);
  const id = place === null ? richest(lines ?? []) : undefined;
  useEffect(() => {
    if (id !== undefined) workspace.catalog.begin({ kind: 'technique', id });
  }, [workspace, id]);
  return place;
}

function Place({ place }: { readonly place: CatalogPlace }): JSX.Element {
  switch (place.kind) {
    case 'technique':
      return <TechniquePage id={place.id} />;
    case 'event':
      return <EventPage channel={place.channel} eventId={place.eventId} />;
    case 'field':
      return <FieldPage field={place.field} />;
    case 'value':
      return <ValuePage value={place.value} />;
    case 'rule':
      return <RulePlace rule={place.rule} />;
    case 'search':
      return <SearchPage words={place.words} />;
    case 'sources':
      return <SourcesPage />;
  }
}

function placeWords(place: CatalogPlace): string {
  switch (place.kind) {
    case 'technique':
      return `Technique ${place.id}`;
    case 'event':
      return `Event ${eventWords(place)}`;
    case 'field':
      return `Field ${place.field}`;
    case 'value':
      return `Value of ${place.value.field}`;
    case 'rule':
      return 'Rule';
    case 'search':
      return 'Search';
    case 'sources':
      return 'What the catalog holds';
  }
}
