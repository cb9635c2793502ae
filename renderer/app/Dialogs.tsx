import type { JSX } from 'react';
import { useUi, useWorkspace } from '../state/context.ts';
import type { DialogName } from '../state/ui-state.ts';
import { DialogBox } from '../ui/controls.tsx';
import { NoticeLine } from './NoticeArea.tsx';
import { AddFilter } from './dialogs/AddFilter.tsx';
import { ColumnChoice } from './dialogs/ColumnChoice.tsx';
import { FieldChoice } from './dialogs/FieldChoice.tsx';
import { GoToTime } from './dialogs/GoToTime.tsx';
import { OpenOptionsSheet } from './dialogs/OpenOptionsSheet.tsx';
import { Palette } from './dialogs/Palette.tsx';
import { PivotWidth } from './dialogs/PivotWidth.tsx';
import { PlaceholderLists } from './dialogs/PlaceholderLists.tsx';
import { Shortcuts } from './dialogs/Shortcuts.tsx';
import { TableColumns } from './dialogs/TableColumns.tsx';
import { TechniqueChoice } from './dialogs/TechniqueChoice.tsx';
import './dialogs/dialogs.css';

const TITLES: Readonly<Record<DialogName, string>> = {
  palette: 'Commands',
  shortcuts: 'Keyboard shortcuts',
  'go-to-time': 'Go to time',
  pivot: 'Show everything around the event',
  columns: 'Columns',
  'add-column': 'Add column',
  'add-filter': 'Add filter',
  'stack-field': 'Stack values of a field',
  technique: 'Go to technique',
  notices: 'Notices',
  placeholders: 'Lists for placeholders',
  'open-options': 'Open with options',
  'table-columns': 'Columns of a table',
};

const WIDTHS: Partial<Readonly<Record<DialogName, number>>> = {
  shortcuts: 1000,
  notices: 760,
  placeholders: 600,
  'open-options': 560,
  'table-columns': 860,
};

/** The dialog that is open, if any. */
export function Dialogs(): JSX.Element | null {
  const { store } = useWorkspace();
  const dialog = useUi((state) => state.dialog);
  const question = useUi((state) => state.question);
  const isAgain = useUi((state) => state.opening?.kind === 'again');
  const close = (): void => {
    store.setState({ dialog: null });
  };
  if (question) {
    return (
      <DialogBox title={question.title} onClose={() => question.answer(null)} width={420}>
        <p className="soft">{question.text}</p>
        <div className="buttons">
          <button type="button" className="button" onClick={() => question.answer(null)}>
            Cancel
          </button>
          {question.choices.map((choice) => (
            <button
              key={choice.id}
              type="button"
              className={`button${choice.primary ? ' primary' : ''}`}
              autoFocus={choice.primary ?? false}
              onClick={() => question.answer(choice.id)}
            >
              {choice.label}
            </button>
          ))}
        </div>
      </DialogBox>
    );
  }
  if (dialog === null) return null;
  return (
    <DialogBox
      title={dialog === 'open-options' && isAgain ? 'Read again with options' : TITLES[dialog]}
      onClose={close}
      plain={dialog === 'palette'}
      {...(WIDTHS[dialog] === undefined ? {} : { width: WIDTHS[dialog] })}
    >
      <Content dialog={dialog} onDone={close} />
    </DialogBox>
  );
}

function Content({ dialog, onDone }: { readonly dialog: DialogName; readonly onDone: () => void }): JSX.Element {
  switch (dialog) {
    case 'palette':
      return <Palette onDone={onDone} />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'go-to-time':
      return <GoToTime onDone={onDone} />;
    case 'pivot':
      return <PivotWidth onDone={onDone} />;
    case 'columns':
      return <ColumnChoice />;
    case 'add-column':
      return <FieldChoice purpose="column" onDone={onDone} />;
    case 'stack-field':
      return <FieldChoice purpose="stack" onDone={onDone} />;
    case 'technique':
      return <TechniqueChoice onDone={onDone} />;
    case 'add-filter':
      return <AddFilter onDone={onDone} />;
    case 'open-options':
      return <OpenOptionsSheet onDone={onDone} />;
    case 'table-columns':
      return <TableColumns onDone={onDone} />;
    case 'placeholders':
      return <PlaceholderLists onDone={onDone} />;
    case 'notices':
      return <AllNotices />;
  }
}

/** Every notice since the start, those put away too. */
function AllNotices(): JSX.Element {
  const notices = useUi((state) => state.notices);
  if (notices.length === 0) return <p className="soft">Nothing has gone wrong since the start.</p>;
  return (
    <ul className="all-notices">
      {notices.toReversed().map((notice) => (
        <li key={notice.id}>
          <time className="faint">{new Date(notice.at).toISOString().slice(11, 19)}</time>
          <NoticeLine notice={notice} />
        </li>
      ))}
    </ul>
  );
}
