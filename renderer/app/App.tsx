import { useEffect, type JSX } from 'react';
import { RulesView } from '../features/rules/RulesView.tsx';
import { SqlView } from '../features/sql/SqlView.tsx';
import { SourcesView } from '../features/sources/SourcesView.tsx';
import { useUi, useWorkspace } from '../state/context.ts';
import { isDark, type Activity } from '../state/ui-state.ts';
import { Guard } from '../ui/Guard.tsx';
import { ActivityRail } from './ActivityRail.tsx';
import { CatalogArea } from './CatalogArea.tsx';
import { CoverageArea } from './CoverageArea.tsx';
import { Dialogs } from './Dialogs.tsx';
import { DropZone } from './DropZone.tsx';
import { NoticeArea } from './NoticeArea.tsx';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import { useKeyboard } from './commands/use-keyboard.ts';
import { useCloseQuestion } from './use-close-question.ts';
import { ValueMenu } from './ValueMenu.tsx';
import { WorkArea } from './WorkArea.tsx';
import './app.css';

/** The window: rail, top bar, the chosen activity, notices and status. */
export function App(): JSX.Element {
  useKeyboard();
  useTheme();
  useSavedState();
  useCloseQuestion();
  const activity = useUi((state) => state.activity);
  const isReady = useUi((state) => state.isReady);
  return (
    <div className="app">
      <ActivityRail />
      <div className="app-main">
        <TopBar />
        <main className="app-body">
          <Guard key={activity === 'hits' ? 'timeline' : activity} name="This view">
            {isReady && <ActivityView activity={activity} />}
          </Guard>
        </main>
        <NoticeArea />
      </div>
      <StatusBar />
      <ValueMenu />
      <Dialogs />
      <DropZone />
    </div>
  );
}

function ActivityView({ activity }: { readonly activity: Activity }): JSX.Element {
  switch (activity) {
    case 'sources':
      return <SourcesView />;
    case 'rules':
      return <RulesView />;
    case 'catalog':
      return <CatalogArea />;
    case 'sql':
      return <SqlView />;
    case 'coverage':
      return <CoverageArea />;
    case 'timeline':
    case 'hits':
      return <WorkArea activity={activity} />;
  }
}

/** Follows the chosen theme, and the system's where none is chosen. */
function useTheme(): void {
  const { store } = useWorkspace();
  const dark = useUi(isDark);
  useEffect(() => {
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => {
      store.setState({ systemDark: system.matches });
    };
    follow();
    system.addEventListener('change', follow);
    return () => {
      system.removeEventListener('change', follow);
    };
  }, [store]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }, [dark]);
}

/** The window's title names the case, with a mark while it is not saved. */
function useSavedState(): void {
  const name = useUi((state) => state.summary?.name ?? '');
  const unsaved = useUi((state) => state.summary?.unsaved ?? false);
  useEffect(() => {
    document.title = name === '' ? 'Rulewright' : `${name}${unsaved ? ' (not saved)' : ''} – Rulewright`;
  }, [name, unsaved]);
}
