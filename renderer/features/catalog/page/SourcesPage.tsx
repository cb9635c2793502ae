import type { JSX } from 'react';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { languageName, vendorName } from '../words.ts';
import { NotParsedTable } from './Guide.tsx';
import { PageState } from './PageState.tsx';
import { Section } from './Section.tsx';

const LIMIT = 2000;

/** What the catalog was made from, how well each language was read, and every place that was not. */
export function SourcesPage(): JSX.Element {
  const workspace = useWorkspace();
  const { value: summary, fault } = useCatalog('catalog.summary', {});
  const { value: unread } = useCatalog('catalog.notParsed', { limit: LIMIT });
  const isBuilding = useUi((state) => state.jobs.some((job) => job.kind === 'catalog' && job.state === 'running'));
  if (!summary) return <PageState fault={fault} />;
  return (
    <article className="cat-page" aria-label="What the catalog holds">
      <header className="cat-title">
        <div className="cat-title-line">
          <h2>What the catalog holds</h2>
          <span className="spacer" />
          <button
            type="button"
            className="button quiet"
            disabled={isBuilding}
            onClick={() => void workspace.catalog.refresh()}
          >
            Look for changed files
          </button>
          <button type="button" className="button" onClick={() => void workspace.catalog.openFolders()}>
            Add a rule folder
          </button>
        </div>
        <p className="soft">
          {counted(summary.rules, 'rule')} in {counted(summary.files, 'file')}, {count(summary.windowsRules)} of them
          over Windows events, for {counted(summary.techniques, 'technique')}. Read in{' '}
          {(summary.elapsedMs / 1000).toFixed(1)} s
          {summary.filesRead < summary.files && `, ${count(summary.files - summary.filesRead)} files from the cache`}.
        </p>
      </header>
      <Section title="Folders" count={count(summary.folders.length)}>
        <ul className="cat-folders">
          {summary.folders.map(({ folder, name, rules, isOwn }) => (
            <li key={folder}>
              <span className="mono">{name}</span>
              <span className="soft">{isOwn ? 'comes with the program' : ''}</span>
              <span className="number">{counted(rules, 'rule')}</span>
              <span>
                {!isOwn && (
                  <button
                    type="button"
                    className="button quiet"
                    aria-label={`Take ${name} out of the catalog`}
                    title="The files stay where they are"
                    onClick={() => void workspace.catalog.closeFolder(folder)}
                  >
                    Take out
                  </button>
                )}
              </span>
            </li>
          ))}
        </ul>
        {summary.faults.map((problem, i) => (
          <p key={i} className="cat-warning">
            {problem.file === undefined ? '' : `${problem.file}: `}
            {problem.message}
          </p>
        ))}
        {summary.others > 0 && (
          <p className="faint">
            {counted(summary.others, 'file')} with a rule file's ending {summary.others === 1 ? 'holds' : 'hold'} no
            rule.
          </p>
        )}
      </Section>
      <Section title="Understood" note="Rules by language: in full, in part, and not at all.">
        <div className="cat-parse" role="table" aria-label="Understood">
          <div role="row" className="cat-parse-row cat-columns">
            <span role="columnheader">Language</span>
            {['Rules', 'In full', 'In part', 'Not', 'Share'].map((name) => (
              <span key={name} role="columnheader" className="number">
                {name}
              </span>
            ))}
          </div>
          {summary.parse.map(({ vendor, language, rules, full, part, none }) => (
            <div key={`${vendor} ${language}`} role="row" className="cat-parse-row">
              <span role="cell">
                {vendorName(vendor)} <span className="soft">{vendor === 'sigma' ? '' : languageName(language)}</span>
              </span>
              {[rules, full, part, none].map((n, i) => (
                <span key={i} role="cell" className={`number${n === 0 ? ' faint' : ''}`}>
                  {count(n)}
                </span>
              ))}
              <span role="cell" className="number">
                {(Math.floor((full / Math.max(1, rules)) * 1000) / 10).toFixed(1)}%
              </span>
            </div>
          ))}
        </div>
      </Section>
      <Section title="Not understood" count={count(unread?.total ?? summary.notParsed)}>
        {unread && unread.rows.length > 0 ? (
          <NotParsedTable rows={unread.rows} />
        ) : (
          <p className="faint">Every rule was understood.</p>
        )}
      </Section>
    </article>
  );
}
