import { Copy, WrapText } from 'lucide-react';
import { useMemo, useState, type JSX } from 'react';
import type { EventDetail } from '../../../shared/ipc/contract.ts';
import { useWorkspace } from '../../state/context.ts';
import { IconButton } from '../../ui/controls.tsx';
import { count } from '../../ui/text/format.ts';
import { jsonLines, xmlLines, type Line } from '../../ui/text/markup.ts';
import { visibleText } from '../../ui/text/visible.ts';

/** Longest text that is laid out and tinted; a longer one is shown as it is. */
const PRETTY_LIMIT = 400_000;

const WORDS: Readonly<Record<EventDetail['rawLanguage'], string>> = { xml: 'XML', json: 'JSON', text: 'Text' };

/** The event as its file has it, decoded again, laid out for reading. */
export function Raw({ event }: { readonly event: EventDetail }): JSX.Element {
  const workspace = useWorkspace();
  const [wrap, setWrap] = useState(true);
  const { raw, rawLanguage, rawFault } = event;
  const lines = useMemo(() => (raw === null ? [] : linesOf(raw, rawLanguage)), [raw, rawLanguage]);
  if (raw === null) {
    return (
      <p className="detail-note" role="alert">
        The raw record could not be read again: {rawFault?.message ?? 'its file is not at hand'}
        {rawFault?.file ? ` (${rawFault.file})` : ''}. Its fields are kept in the case.
      </p>
    );
  }
  return (
    <>
      <div className="detail-filter">
        <span className="soft">
          {WORDS[rawLanguage]}, {count(raw.length)} characters
        </span>
        <span className="spacer" />
        <IconButton
          icon={WrapText}
          label="Wrap long lines"
          aria-pressed={wrap}
          onClick={() => {
            setWrap(!wrap);
          }}
        />
        <IconButton
          icon={Copy}
          label={`Copy ${WORDS[rawLanguage]}`}
          onClick={() => {
            void workspace.copy(raw);
          }}
        />
      </div>
      <pre className={`raw mono selectable${wrap ? ' is-wrapped' : ''}`} tabIndex={0} aria-label="Raw record">
        {lines.map((line, i) => (
          <div key={i} className="raw-line" style={{ paddingLeft: 10 + line.depth * 14 + (wrap ? 14 : 0) }}>
            {line.tokens.map((token, j) => (
              <span key={j} className={`token-${token.kind}`}>
                {visibleText(token.text)}
              </span>
            ))}
          </div>
        ))}
      </pre>
    </>
  );
}

function linesOf(raw: string, language: EventDetail['rawLanguage']): readonly Line[] {
  if (language === 'text' || raw.length > PRETTY_LIMIT) {
    return raw.split(/\r\n|\r|\n/).map((text) => ({ depth: 0, tokens: [{ kind: 'text', text }] }));
  }
  return language === 'xml' ? xmlLines(raw) : jsonLines(raw);
}
