import {
  BookOpenText,
  ChartNoAxesColumn,
  Crosshair,
  Database,
  FileStack,
  Grid3x3,
  ScrollText,
  type LucideIcon,
} from 'lucide-react';
import type { JSX } from 'react';
import { useUi, useWorkspace } from '../state/context.ts';
import type { Activity } from '../state/ui-state.ts';
import { count } from '../ui/text/format.ts';

const ACTIVITIES: readonly {
  readonly id: Activity;
  readonly label: string;
  readonly keys: string;
  readonly icon: LucideIcon;
}[] = [
  { id: 'timeline', label: 'Timeline', keys: 'Alt+1', icon: ChartNoAxesColumn },
  { id: 'hits', label: 'Hits', keys: 'Alt+2', icon: Crosshair },
  { id: 'rules', label: 'Rules', keys: 'Alt+3', icon: ScrollText },
  { id: 'sources', label: 'Sources', keys: 'Alt+4', icon: FileStack },
  { id: 'catalog', label: 'Catalog', keys: 'Alt+5', icon: BookOpenText },
  { id: 'sql', label: 'SQL', keys: 'Alt+6', icon: Database },
  { id: 'coverage', label: 'Coverage', keys: 'Alt+7', icon: Grid3x3 },
];

/** The activities, at the window's left edge. */
export function ActivityRail(): JSX.Element {
  const { store } = useWorkspace();
  const activity = useUi((state) => state.activity);
  const hits = useUi((state) => state.summary?.hitEvents ?? 0);
  const troubled = useUi((state) => state.summary?.sourcesWithFaults ?? 0);
  const notRun = useUi((state) => state.summary?.rulesNotRun ?? 0);
  const news: Partial<Record<Activity, number>> = { hits, sources: troubled, rules: notRun };
  const newsWords: Partial<Record<Activity, string>> = {
    hits: 'events with hits',
    sources: 'files with faults',
    rules: 'rules that could not run',
  };
  return (
    <nav className="rail" aria-label="Activities">
      {ACTIVITIES.map(({ id, label, keys, icon: Icon }) => {
        const n = news[id] ?? 0;
        const words = n > 0 ? `, ${count(n)} ${newsWords[id] ?? ''}` : '';
        return (
          <button
            key={id}
            type="button"
            className="rail-button"
            aria-current={id === activity ? 'page' : undefined}
            aria-label={`${label}${words}`}
            title={`${label}${words} (${keys})`}
            onClick={() => {
              store.setState({ activity: id });
            }}
          >
            <Icon size={19} strokeWidth={1.6} aria-hidden />
            {n > 0 && (
              <span className={`rail-news news-${id}`} aria-hidden>
                {n > 999 ? '999+' : n}
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}
