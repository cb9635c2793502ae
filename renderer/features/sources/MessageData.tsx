import { FolderOpen, MessageSquareText, Trash2 } from 'lucide-react';
import type { JSX } from 'react';
import type { CallOutput } from '../../../shared/ipc/contract.ts';
import { useWorkspace } from '../../state/context.ts';
import { useMessageStamp } from '../../state/messages.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { IconButton } from '../../ui/controls.tsx';
import { bytes, count, counted } from '../../ui/text/format.ts';
import { MiddleText } from '../../ui/text/MiddleText.tsx';
import { faultPlace } from './ledger.ts';

type List = CallOutput<'messages.list'>;

/** What was imported of message data: the texts that event ids and numbers in events stand for. */
export function MessageData(): JSX.Element {
  const workspace = useWorkspace();
  const { value: list, fault } = useAnswer('messages.list', {}, useMessageStamp());
  const packs = list?.packs ?? [];
  return (
    <section className="message-data" aria-label="Message data">
      <header className="message-data-head">
        <h3>Message data</h3>
        <span className="soft message-data-about">
          {packs.length > 0
            ? inAll(packs)
            : 'None is imported. It gives events their text: message files of Windows (DLL, EXE, MUI), or provider lists (JSON, SQLite).'}
        </span>
        <span className="spacer" />
        <button type="button" className="button" onClick={() => void workspace.messages.choose(false)}>
          <MessageSquareText size={14} aria-hidden /> Import message data
        </button>
        <IconButton
          icon={FolderOpen}
          label="Import a folder of message data"
          onClick={() => void workspace.messages.choose(true)}
        />
      </header>
      {fault && <p className="detail-note">The message data could not be listed: {fault.message}</p>}
      {packs.length > 0 && <Packs packs={packs} />}
      {list && <Faults list={list} />}
    </section>
  );
}

function inAll(packs: List['packs']): string {
  const messages = packs.reduce((sum, pack) => sum + pack.messages, 0);
  const providers = packs.reduce((sum, pack) => sum + pack.providers, 0);
  const known = providers > 0 ? `${counted(providers, 'provider')}, ` : '';
  return `${known}${counted(messages, 'text')} from ${counted(packs.length, 'import')}`;
}

function Packs({ packs }: { readonly packs: List['packs'] }): JSX.Element {
  const workspace = useWorkspace();
  return (
    <ul className="message-packs" aria-label="Imported message data">
      {packs.map((pack) => (
        <li key={pack.id}>
          <span className="mono" title={pack.name}>
            <MiddleText text={pack.name} />
          </span>
          <span className="number">{pack.providers > 0 && counted(pack.providers, 'provider')}</span>
          <span className="number">{counted(pack.messages, 'text')}</span>
          <span className="soft" title={pack.languages.join(', ')}>
            {pack.languages.length > 3 ? counted(pack.languages.length, 'language') : pack.languages.join(', ')}
          </span>
          <span className="number soft">{bytes(pack.bytes)}</span>
          <span className="mono soft">{pack.importedAt.slice(0, 16).replace('T', ' ')} UTC</span>
          <IconButton
            icon={Trash2}
            label={`Remove ${pack.name}`}
            onClick={() => void workspace.messages.remove(pack.id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** What could not be read in the last import, and what is kept and damaged. */
function Faults({ list }: { readonly list: List }): JSX.Element | null {
  const { faults, last } = list;
  const shown = [...faults, ...(last?.faults ?? [])];
  if (shown.length === 0) return null;
  return (
    <>
      {last && last.faults.length > 0 && (
        <p className="message-note">
          {counted(last.faults.length, 'file')} of the last import ({last.name})
          {last.faults.length === 1 ? ' has a fault' : ' have faults'}; what could be read is kept.
          {last.others > 0 && ` ${count(last.others)} others hold no message data.`}
        </p>
      )}
      <ul className="ledger-faults selectable" aria-label="Faults of message data">
        {shown.map((fault, i) => (
          <li key={i}>
            <span className="mono faint place">{faultPlace(fault)}</span>
            <span>
              {fault.file !== undefined && <span className="mono">{fault.file}: </span>}
              {fault.message}
              {fault.detail && <span className="soft"> — {fault.detail}</span>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
