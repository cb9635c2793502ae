import { useState, type JSX, type ReactNode } from 'react';
import type { CatalogIndicatorRow, CatalogPredicate, CatalogRulePage } from '../../../../shared/ipc/catalog-calls.ts';
import { positionAt, type Span } from '../../../../shared/model/span.ts';
import { useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { counted } from '../../../ui/text/format.ts';
import { levelLabel, Severity } from '../../../ui/severity.tsx';
import { useMenu } from '../menu.ts';
import { eventWords, languageName, opWords, roleWords, shownValue, vendorName } from '../words.ts';
import { SimilarRules } from './SimilarRules.tsx';
import { SourceText } from './SourceText.tsx';
import { predicateOf } from './wanted.ts';

interface DetailProps {
  readonly rule: string;
  readonly wanted?: Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>;
}

/** A rule of any vendor: what it says of itself, every predicate with its polarity, and its source at the place. */
export function RuleDetail({ rule, wanted }: DetailProps): JSX.Element {
  const { value: page, fault } = useCatalog('catalog.rule', { rule });
  const [chosen, setChosen] = useState<number | null>(null);
  if (fault) return <p className="detail-note">The rule could not be read: {fault.message}</p>;
  if (!page) return <p className="faint">Reading the rule…</p>;
  const at = chosen ?? (wanted ? predicateOf(page.predicates, wanted) : -1);
  const place = page.predicates[at]?.span ?? page.querySpan;
  return (
    <article className="cat-rule" aria-label={page.title}>
      <Actions page={page} place={place} />
      {page.description !== '' && <p className="cat-description selectable">{unwrapped(page.description)}</p>}
      <Facts page={page} />
      <NotUnderstood page={page} />
      <Predicates predicates={page.predicates} chosen={at} onChoose={setChosen} />
      {page.expanded !== '' && <Expanded search={page.expanded} />}
      <SimilarRules rule={page.rule} />
      {page.hasChanged && (
        <p className="cat-warning">The file has changed since the catalog was read: places may be off.</p>
      )}
      {page.text === null ? (
        <p className="cat-warning">The source cannot be shown: {page.textFault}</p>
      ) : (
        <SourceText text={page.text} place={place} file={page.file} isAsked={chosen !== null} />
      )}
    </article>
  );
}

/** The search as Splunk runs it: its source, at the place below, calls macros that stand for a part of it. */
function Expanded({ search }: { readonly search: string }): JSX.Element {
  return (
    <details className="cat-expanded">
      <summary>Search with its macros put in</summary>
      <pre className="mono selectable">{search}</pre>
    </details>
  );
}

/** Lines that were broken for the file's width are put together; paragraphs stay. */
function unwrapped(text: string): string {
  return text.replace(/([^\n])\n(?!\n)/g, '$1 ');
}

function Actions({ page, place }: { readonly page: CatalogRulePage; readonly place: Span }): JSX.Element {
  const workspace = useWorkspace();
  const { loaded, text } = page;
  const at = text === null ? '' : `:${positionAt(text, place.start).line}`;
  return (
    <div className="cat-actions">
      {loaded && page.vendor === 'sigma' && (
        <button type="button" className="button" onClick={() => void workspace.draft.openRule(loaded.rule, place)}>
          Open in editor
        </button>
      )}
      {loaded && loaded.hits > 0 && (
        <button type="button" className="button" onClick={() => workspace.showHitsOf(loaded.rule)}>
          Show {counted(loaded.hits, 'hit')}
        </button>
      )}
      {text !== null && (
        <button type="button" className="button quiet" onClick={() => void workspace.copy(text)}>
          Copy source
        </button>
      )}
      <span className="spacer" />
      <span className="mono faint nowrap" title={page.file}>
        {page.file}
        {at}
      </span>
    </div>
  );
}

function Facts({ page }: { readonly page: CatalogRulePage }): JSX.Element {
  const workspace = useWorkspace();
  const between = (links: readonly ReactNode[]): ReactNode =>
    links.flatMap((link, i) => (i === 0 ? [link] : [', ', link]));
  return (
    <dl className="cat-facts">
      <Fact name="Language">
        {vendorName(page.vendor)}
        {page.vendor !== 'sigma' && `, ${languageName(page.language)}`}
      </Fact>
      <Fact name="Level">
        <Severity level={page.level} label={false} /> {levelLabel(page.level)}
      </Fact>
      {page.status !== '' && <Fact name="Status">{page.status}</Fact>}
      {page.sources.length > 0 && (
        <Fact name="Logs">
          <span className="mono">{page.sources.map(({ name }) => name.replace(/\/+$/, '')).join(', ')}</span>
        </Fact>
      )}
      {page.events.length > 0 && (
        <Fact name="Events">
          {between(
            page.events.map((event) => (
              <button
                key={eventWords(event)}
                type="button"
                className="link"
                title={event.title}
                onClick={() =>
                  workspace.catalog.show({ kind: 'event', channel: event.channel, eventId: event.eventId })
                }
              >
                {eventWords(event)}
              </button>
            )),
          )}
        </Fact>
      )}
      {page.techniques.length > 0 && (
        <Fact name="Techniques">
          {between(
            page.techniques.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                className="link"
                title={name}
                onClick={() => workspace.catalog.show({ kind: 'technique', id })}
              >
                {id}
              </button>
            )),
          )}
        </Fact>
      )}
      {page.sequence !== '' && <Fact name="Sequence">{page.sequence}</Fact>}
      {page.author !== '' && <Fact name="Author">{page.author}</Fact>}
      {page.id !== '' && (
        <Fact name="Id">
          <span className="mono selectable">{page.id}</span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function NotUnderstood({ page }: { readonly page: CatalogRulePage }): JSX.Element | null {
  if (page.notParsed.length === 0) return null;
  return (
    <ul className="cat-not-parsed" aria-label="Not understood">
      {page.notParsed.map(({ line, column, reason }, i) => (
        <li key={i}>
          <span className="mono">
            {line}:{column}
          </span>{' '}
          {reason}
        </li>
      ))}
    </ul>
  );
}

interface PredicatesProps {
  readonly predicates: readonly CatalogPredicate[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** Every predicate; choosing one marks its place in the source. */
function Predicates({ predicates, chosen, onChoose }: PredicatesProps): JSX.Element {
  const openMenu = useMenu();
  if (predicates.length === 0) return <p className="faint">This rule has no predicates of its own.</p>;
  return (
    <div className="cat-predicates" role="table" aria-label="Predicates">
      {predicates.map((predicate, i) => (
        <div
          key={i}
          role="row"
          className={`cat-predicate role-${predicate.role}${i === chosen ? ' is-chosen' : ''}`}
          onClick={() => onChoose(i)}
        >
          <span role="cell" className="cat-role">
            {roleWords(predicate.role)}
          </span>
          <span role="cell">
            <button
              type="button"
              className="link mono"
              title={`Show in the source: ${predicate.context === '' ? 'the whole query' : predicate.context}`}
              aria-label={`Show ${predicate.native} in the source`}
              onClick={() => onChoose(i)}
            >
              {predicate.native}
            </button>
            {predicate.native !== predicate.field && <small className="faint mono"> {predicate.field}</small>}
          </span>
          <span role="cell">
            <span className="cat-op" title={predicate.nativeOp}>
              {opWords(predicate.op)}
              {predicate.quantifier === 'all' && predicate.values.length > 1 && ' all'}
            </span>
          </span>
          <span role="cell" className="cat-values mono">
            {predicate.values.map((value, j) => (
              <button
                key={j}
                type="button"
                className="cat-value-button"
                title={value}
                onClick={(event) => {
                  event.stopPropagation();
                  onChoose(i);
                  const box = event.currentTarget.getBoundingClientRect();
                  openMenu({
                    x: box.left,
                    y: box.bottom,
                    field: predicate.field,
                    logField: predicate.logField,
                    test: { op: predicate.op, value },
                  });
                }}
              >
                {shownValue(value)}
              </button>
            ))}
            {predicate.placeholders.map((name) => (
              <span key={name} className="faint" title="A list of the user's">
                {name}
              </span>
            ))}
          </span>
        </div>
      ))}
    </div>
  );
}
