import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { JSX } from 'react';
import { useUi, useWorkspace } from '../state/context.ts';
import type { Notice } from '../state/ui-state.ts';
import { IconButton } from '../ui/controls.tsx';
import { count, counted } from '../ui/text/format.ts';
import { runCommand } from './commands/commands.ts';

/** Notices shown at once; the rest is one click away. */
const SHOWN = 2;

/** What must be known until it is put away: what happened, where, what was kept, what to do. */
export function NoticeArea(): JSX.Element | null {
  const workspace = useWorkspace();
  const notices = useUi((state) => state.notices);
  const open = notices.filter((notice) => !notice.dismissed);
  if (open.length === 0) return null;
  const more = open.length - SHOWN;
  return (
    <div className="notices" role="region" aria-label="Notices">
      {open.slice(-SHOWN).map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
      {more > 0 && (
        <div className="notice">
          <button
            type="button"
            className="link"
            onClick={() => {
              workspace.store.setState({ dialog: 'notices' });
            }}
          >
            {counted(more, 'more notice')}
          </button>
          <button
            type="button"
            className="link"
            onClick={() => {
              workspace.notices.dismissAll();
            }}
          >
            Dismiss all
          </button>
        </div>
      )}
    </div>
  );
}

const ICONS = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

export function NoticeLine({ notice }: { readonly notice: Notice }): JSX.Element {
  const workspace = useWorkspace();
  const Icon = ICONS[notice.tone];
  const { fault, action } = notice;
  return (
    <div className={`notice tone-${notice.tone}`} role={notice.tone === 'error' ? 'alert' : 'status'}>
      <Icon size={15} strokeWidth={1.75} aria-hidden />
      <span className="selectable notice-text">
        {notice.text}
        {fault?.file && <span className="mono"> {fault.file}</span>}
        {fault?.line !== undefined && <span className="soft"> line {count(fault.line)}</span>}
        {fault?.offset !== undefined && <span className="soft"> at offset {count(fault.offset)}</span>}
        {fault?.detail && <span className="soft"> — {fault.detail}</span>}
      </span>
      {action && (
        <button type="button" className="button" onClick={() => void runCommand(action.command, workspace)}>
          {action.label}
        </button>
      )}
      {!notice.dismissed && (
        <IconButton
          icon={X}
          label="Dismiss"
          onClick={() => {
            workspace.notices.dismiss(notice.id);
          }}
        />
      )}
    </div>
  );
}
