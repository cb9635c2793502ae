import type { JSX } from 'react';
import type { EventDetail } from '../../../shared/ipc/contract.ts';
import { useWorkspace } from '../../state/context.ts';
import { Highlighted } from '../../ui/text/highlight.tsx';
import { bySeverity, levelLabel, Severity } from '../../ui/severity.tsx';
import { Related } from './Related.tsx';
import { focusPane } from '../../ui/panes.ts';

type Hit = EventDetail['hits'][number];

/** The rules that hit the event, and for each what made it hit. */
export function Why({ event }: { readonly event: EventDetail }): JSX.Element {
  if (event.hits.length === 0) {
    return (
      <div className="empty">
        <h3>No rule hits this event</h3>
        <p>Neither the rule in the editor nor any enabled rule matches it.</p>
      </div>
    );
  }
  const hits = [...event.hits].sort((a, b) => Number(b.isDraft) - Number(a.isDraft) || bySeverity(a.level, b.level));
  return (
    <ul className="why" aria-label="Rules that hit this event">
      {hits.map((hit) => (
        <RuleHit key={`${hit.isDraft ? 'draft' : 'rule'} ${hit.rule} ${hit.title}`} hit={hit} />
      ))}
    </ul>
  );
}

function RuleHit({ hit }: { readonly hit: Hit }): JSX.Element {
  const workspace = useWorkspace();
  return (
    <li>
      <div className="why-head">
        <Severity level={hit.level} label={false} />
        <span className="why-title">{hit.title}</span>
        <button
          type="button"
          className="button"
          onClick={() => {
            if (hit.isDraft) focusPane('side');
            else void workspace.draft.openRule(hit.rule);
          }}
        >
          {hit.isDraft ? 'Go to editor' : 'Open rule'}
        </button>
      </div>
      <div className="soft why-level">
        {levelLabel(hit.level)}
        {hit.isDraft && ' · the rule in the editor'}
      </div>
      {hit.fields.length === 0 ? (
        <p className="soft">It asks for nothing of this event’s fields: its condition holds by what is absent.</p>
      ) : (
        <ul className="why-fields">
          {hit.fields.map((f, i) => (
            <li key={i}>
              <div className="soft">
                {f.op === 'correlation' ? (
                  f.field
                ) : (
                  <>
                    {f.selection !== '' && (
                      <>
                        <code>{f.selection}</code>:{' '}
                      </>
                    )}
                    {f.field} {f.op.replaceAll('_', ' ')}{' '}
                    {f.wanted !== '' && <code className="wanted">{f.wanted}</code>}
                  </>
                )}
              </div>
              <div className="mono selectable why-value">
                <Highlighted text={f.value} ranges={f.ranges} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {hit.related && <Related related={hit.related} />}
    </li>
  );
}
