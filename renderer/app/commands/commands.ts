import { isEmptyFilter } from '../../state/filters.ts';
import { runningJob, type Activity, type ThemeChoice, type UiState } from '../../state/ui-state.ts';
import { EMPTY_FILTER } from '../../../shared/model/filter.ts';
import type { Workspace } from '../../state/workspace.ts';
import { focusNextPane, focusPane, focusPaneSoon, type Pane } from '../../ui/panes.ts';
import { togglePanel } from '../../ui/panels.ts';
import { TAG_LOOKS } from '../../ui/tag.tsx';

/** Something the user can ask for by menu, palette or key. Ids are those of the native menu where it has them. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** The first is shown. */
  readonly keys?: readonly string[];
  readonly isPossible?: (state: UiState) => boolean;
  readonly run: (workspace: Workspace) => void;
}

const hasView = (state: UiState): boolean => (state.view?.total ?? 0) > 0;
const hasEvents = (state: UiState): boolean =>
  state.summary !== null && state.summary.events + state.summary.recovered > 0;

/** An event is selected, and in sight. */
const hasEventShown = (state: UiState): boolean =>
  state.selected !== null && (state.activity === 'timeline' || state.activity === 'hits');

const inCatalog = (workspace: Workspace): boolean => workspace.store.getState().activity === 'catalog';

function open(dialog: NonNullable<UiState['dialog']>): Command['run'] {
  return (workspace) => {
    workspace.store.setState({ dialog });
  };
}

function show(activity: Activity, pane: Pane): Command['run'] {
  return (workspace) => {
    workspace.store.setState({ activity });
    focusPaneSoon(pane);
  };
}

function theme(choice: ThemeChoice): Command['run'] {
  return (workspace) => {
    workspace.store.setState({ theme: choice });
  };
}

const FILES: readonly Command[] = [
  { id: 'logs.open', title: 'Open logs', keys: ['Ctrl+O'], run: (w) => void w.case.openLogs(false) },
  {
    id: 'logs.openFolder',
    title: 'Open a folder of logs',
    keys: ['Ctrl+Shift+O'],
    run: (w) => void w.case.openLogs(true),
  },
  {
    id: 'logs.openWith',
    title: 'Open logs with options',
    run: (w) => void w.case.openLogs(false, true),
  },
  {
    id: 'logs.openFolderWith',
    title: 'Open a folder of logs with options',
    run: (w) => void w.case.openLogs(true, true),
  },
  { id: 'messages.import', title: 'Import message data', run: (w) => void w.messages.choose(false) },
  { id: 'messages.importFolder', title: 'Import a folder of message data', run: (w) => void w.messages.choose(true) },
  { id: 'sample.open', title: 'Open the sample incident', run: (w) => void w.case.openSample() },
  { id: 'case.open', title: 'Open case', run: (w) => void w.case.open() },
  {
    id: 'case.save',
    title: 'Save case',
    keys: ['Ctrl+Shift+S'],
    isPossible: hasEvents,
    run: (w) => void w.case.save(false),
  },
  { id: 'case.saveAs', title: 'Save case as', isPossible: hasEvents, run: (w) => void w.case.save(true) },
  { id: 'case.close', title: 'Close case', isPossible: hasEvents, run: (w) => void w.case.close() },
  {
    id: 'job.cancel',
    title: 'Cancel what is running',
    isPossible: (s) => runningJob(s) !== undefined,
    run: (w) => {
      const job = runningJob(w.store.getState());
      if (job) void w.case.cancel(job.job);
    },
  },
];

const RULES: readonly Command[] = [
  { id: 'rules.open', title: 'Open a rule folder', run: (w) => void w.case.loadRules(true) },
  { id: 'rules.openFiles', title: 'Open rule files', run: (w) => void w.case.loadRules(false) },
  { id: 'catalog.open', title: 'Add a rule folder to the catalog', run: (w) => void w.catalog.openFolders() },
  {
    id: 'catalog.copy',
    title: 'Copy the technique page as Markdown',
    isPossible: (s) => s.activity === 'catalog' && s.catalog.place?.kind === 'technique',
    run: (w) => void w.copyTechniquePage(),
  },
  {
    id: 'catalog.sources',
    title: 'Show what the catalog holds and could not read',
    run: (w) => w.catalog.show({ kind: 'sources' }),
  },
  {
    id: 'coverage.exportLayer',
    title: 'Export the coverage as an ATT&CK Navigator layer',
    run: (w) => void w.catalog.exportCoverage('navigator'),
  },
  { id: 'rules.loadStarter', title: 'Load starter rules', run: (w) => void w.case.loadStarterRules() },
  {
    id: 'rules.placeholders',
    title: 'Lists for placeholders',
    run: (w) => w.store.setState({ dialog: 'placeholders' }),
  },
  {
    id: 'rules.new',
    title: 'New rule',
    keys: ['Ctrl+N'],
    run: (w) => void w.draft.startNew().then(() => focusPaneSoon('side', 'text')),
  },
  {
    id: 'rules.save',
    title: 'Save rule',
    keys: ['Ctrl+S'],
    isPossible: (s) => s.draft.open,
    run: (w) => void w.draft.save(),
  },
  { id: 'rules.close', title: 'Close rule', isPossible: (s) => s.draft.open, run: (w) => void w.draft.close() },
  {
    id: 'draft.toggleHits',
    title: 'Show or hide draft hits',
    keys: ['Ctrl+Shift+H'],
    isPossible: (s) => s.draft.open,
    run: (w) => {
      w.draft.showHits(w.store.getState().filter.of.kind !== 'draft');
    },
  },
];

const GO: readonly Command[] = [
  { id: 'palette.open', title: 'Commands', keys: ['Ctrl+K'], run: open('palette') },
  { id: 'help.shortcuts', title: 'Keyboard shortcuts', keys: ['?'], run: open('shortcuts') },
  { id: 'show.timeline', title: 'Show timeline', keys: ['Alt+1'], run: show('timeline', 'grid') },
  { id: 'show.hits', title: 'Show hits', keys: ['Alt+2'], run: show('hits', 'side') },
  { id: 'show.rules', title: 'Show rules', keys: ['Alt+3'], run: show('rules', 'grid') },
  { id: 'show.sources', title: 'Show sources', keys: ['Alt+4'], run: show('sources', 'grid') },
  { id: 'show.catalog', title: 'Show catalog', keys: ['Alt+5'], run: show('catalog', 'catalog') },
  { id: 'show.sql', title: 'Show SQL', keys: ['Alt+6'], run: show('sql', 'grid') },
  { id: 'show.coverage', title: 'Show coverage', keys: ['Alt+7'], run: show('coverage', 'grid') },
  { id: 'catalog.technique', title: 'Go to technique…', keys: ['Ctrl+Shift+T'], run: open('technique') },
  { id: 'show.notices', title: 'Show notices', run: open('notices') },
  { id: 'pane.next', title: 'Next pane', keys: ['F6'], run: () => focusNextPane(1) },
  { id: 'pane.previous', title: 'Previous pane', keys: ['Shift+F6'], run: () => focusNextPane(-1) },
  { id: 'pane.side', title: 'Go to editor or hits', keys: ['Ctrl+1'], run: () => void focusPane('side') },
  { id: 'pane.grid', title: 'Go to events', keys: ['Ctrl+2'], run: () => void focusPane('grid') },
  { id: 'pane.detail', title: 'Go to details', keys: ['Ctrl+3'], run: () => void focusPane('detail') },
  { id: 'pane.histogram', title: 'Go to histogram', keys: ['Ctrl+4'], run: () => void focusPane('histogram') },
  { id: 'search.focus', title: 'Search', keys: ['/', 'Ctrl+F'], run: () => void focusPane('search') },
  { id: 'event.next', title: 'Next event', keys: ['J'], isPossible: hasView, run: (w) => void w.moveBy(1) },
  { id: 'event.previous', title: 'Previous event', keys: ['K'], isPossible: hasView, run: (w) => void w.moveBy(-1) },
  { id: 'hit.next', title: 'Next hit', keys: ['F3'], isPossible: hasView, run: (w) => void w.moveToHit(1) },
  {
    id: 'hit.previous',
    title: 'Previous hit',
    keys: ['Shift+F3'],
    isPossible: hasView,
    run: (w) => void w.moveToHit(-1),
  },
  { id: 'time.go', title: 'Go to time', keys: ['Ctrl+G'], isPossible: hasView, run: open('go-to-time') },
];

const EVENT: readonly Command[] = [
  ...TAG_LOOKS.map(({ id, label, keys }) => ({
    id: `tag.${id}`,
    title: `Tag: ${label.toLowerCase()}, or not`,
    keys: [keys],
    isPossible: hasEventShown,
    run: (w: Workspace) => void w.toggleTag(id),
  })),
  {
    id: 'tag.note',
    title: 'Note on the event',
    keys: ['N'],
    isPossible: hasEventShown,
    run: (w) => {
      // The stacked values have no place for it.
      w.store.setState((s) => ({ sideTab: s.sideTab === 'values' ? 'fields' : s.sideTab }));
      focusPaneSoon('note');
    },
  },
  {
    id: 'tag.show',
    title: 'Show tagged events',
    isPossible: (s) => (s.summary?.tagged ?? 0) > 0,
    run: (w) => w.showTagged(),
  },
];

const VIEW: readonly Command[] = [
  { id: 'filter.add', title: 'Add filter', keys: ['Ctrl+Shift+F'], isPossible: hasEvents, run: open('add-filter') },
  {
    id: 'filter.clear',
    title: 'Clear all filters',
    isPossible: (s) => !isEmptyFilter(s.filter) || s.filter.chips.length > 0,
    run: (w) => {
      w.setFilter(() => EMPTY_FILTER);
    },
  },
  {
    id: 'filter.back',
    title: 'Back',
    keys: ['Alt+Left'],
    isPossible: (s) => (s.activity === 'catalog' ? s.catalog.past : s.past).length > 0,
    run: (w) => (inCatalog(w) ? w.catalog.back() : w.back()),
  },
  {
    id: 'filter.forward',
    title: 'Forward',
    keys: ['Alt+Right'],
    isPossible: (s) => (s.activity === 'catalog' ? s.catalog.future : s.future).length > 0,
    run: (w) => (inCatalog(w) ? w.catalog.forward() : w.forward()),
  },
  { id: 'zoom.back', title: 'Zoom back', isPossible: (s) => s.filter.range !== null, run: (w) => w.zoomBack() },
  {
    id: 'pivot',
    title: 'Show everything around the selected event',
    keys: ['P'],
    isPossible: (s) => s.selectedUs !== null,
    run: (w) => {
      const { selectedUs, pivotMinutes } = w.store.getState();
      if (selectedUs !== null) w.pivot(selectedUs, pivotMinutes);
    },
  },
  { id: 'pivot.set', title: 'Set the window around events', run: open('pivot') },
  { id: 'values.stack', title: 'Stack values of a field', isPossible: hasEvents, run: open('stack-field') },
  { id: 'columns.edit', title: 'Columns', isPossible: hasEvents, run: open('columns') },
  { id: 'columns.add', title: 'Add column', isPossible: hasEvents, run: open('add-column') },
  { id: 'view.exportCsv', title: 'Export view as CSV', isPossible: hasView, run: (w) => void w.exportView('csv') },
  {
    id: 'view.exportJsonl',
    title: 'Export view as JSON lines',
    isPossible: hasView,
    run: (w) => void w.exportView('jsonl'),
  },
  {
    id: 'rows.density',
    title: 'Switch compact rows',
    run: (w) => {
      w.store.setState((s) => ({ compact: !s.compact }));
    },
  },
  {
    id: 'clock.switch',
    title: 'Switch between UTC and local time',
    run: (w) => {
      w.store.setState((s) => ({ clock: s.clock === 'utc' ? 'local' : 'utc' }));
    },
  },
  { id: 'panel.side', title: 'Show or hide editor pane', keys: ['Ctrl+B'], run: () => togglePanel('side') },
  { id: 'panel.detail', title: 'Show or hide details', keys: ['Ctrl+Shift+D'], run: () => togglePanel('detail') },
  { id: 'panel.histogram', title: 'Show or hide histogram', run: () => togglePanel('histogram') },
  { id: 'theme.light', title: 'Theme: light', run: theme('light') },
  { id: 'theme.dark', title: 'Theme: dark', run: theme('dark') },
  { id: 'theme.system', title: 'Theme: as the system', run: theme('system') },
];

/** Every command by what it is about, in the order of the palette. */
export const COMMAND_GROUPS: readonly (readonly [name: string, commands: readonly Command[]])[] = [
  ['Go', GO],
  ['Logs and cases', FILES],
  ['Selected event', EVENT],
  ['Rules', RULES],
  ['View', VIEW],
];

export const COMMANDS: readonly Command[] = COMMAND_GROUPS.flatMap(([, commands]) => commands);

export function findCommand(id: string): Command | undefined {
  return COMMANDS.find((command) => command.id === id);
}

export function isPossible(id: string, state: UiState): boolean {
  const command = findCommand(id);
  return command !== undefined && command.isPossible?.(state) !== false;
}

/** Runs a command where it is possible now; gives whether it ran. */
export function runCommand(id: string, workspace: Workspace): boolean {
  if (!isPossible(id, workspace.store.getState())) return false;
  findCommand(id)?.run(workspace);
  return true;
}
