import { dialog, type BrowserWindow, type FileFilter, type OpenDialogOptions } from 'electron';
import type { Dialogs, OpenKind, SaveKind } from '../app/ports.ts';

const ALL: FileFilter = { name: 'All files', extensions: ['*'] };

const OPEN: Readonly<Record<OpenKind, { title: string; filters: FileFilter[] }>> = {
  logs: {
    title: 'Open logs',
    filters: [{ name: 'Logs', extensions: ['evtx', 'json', 'jsonl', 'ndjson', 'xml', 'csv', 'zip', 'gz'] }, ALL],
  },
  rules: {
    title: 'Open rules',
    filters: [{ name: 'Rules', extensions: ['yml', 'yaml', 'toml', 'md', 'kql', 'spl', 'eql', 'esql'] }, ALL],
  },
  messages: {
    title: 'Import message data',
    filters: [{ name: 'Message data', extensions: ['dll', 'exe', 'mui', 'sys', 'json', 'db', 'sqlite'] }, ALL],
  },
  case: { title: 'Open case', filters: [{ name: 'Rulewright case', extensions: ['rwcase', 'sqlite', 'db'] }, ALL] },
};

const SAVE: Readonly<Record<SaveKind, { title: string; filters: FileFilter[] }>> = {
  case: { title: 'Save case', filters: [{ name: 'Rulewright case', extensions: ['rwcase'] }] },
  rule: { title: 'Save rule', filters: [{ name: 'Sigma rule', extensions: ['yml', 'yaml'] }] },
  csv: { title: 'Export events', filters: [{ name: 'CSV', extensions: ['csv'] }] },
  jsonl: { title: 'Export events', filters: [{ name: 'JSON lines', extensions: ['jsonl'] }] },
  'page-json': { title: 'Export page', filters: [{ name: 'JSON', extensions: ['json'] }] },
  'page-csv': { title: 'Export page', filters: [{ name: 'CSV', extensions: ['csv'] }] },
  'page-html': { title: 'Export page', filters: [{ name: 'HTML', extensions: ['html'] }] },
  'page-md': { title: 'Export page', filters: [{ name: 'Markdown', extensions: ['md'] }] },
};

/** Makes the native dialogs of a window. Paths stay in the main process. `parent` gives the window that is open now. */
export function createDialogs(parent: () => BrowserWindow | undefined): Dialogs {
  return {
    openPaths: async (what, folder) => {
      const { title, filters } = OPEN[what];
      const options: OpenDialogOptions = folder
        ? { title, properties: ['openDirectory', 'multiSelections'] }
        : { title, filters, properties: what === 'case' ? ['openFile'] : ['openFile', 'multiSelections'] };
      const window = parent();
      const answer = await (window === undefined
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(window, options));
      return answer.canceled ? [] : answer.filePaths;
    },
    savePath: async (what, suggestedName) => {
      const options = { ...SAVE[what], defaultPath: suggestedName };
      const window = parent();
      const answer = await (window === undefined
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(window, options));
      return answer.canceled || answer.filePath === '' ? undefined : answer.filePath;
    },
  };
}
