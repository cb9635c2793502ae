import { z } from 'zod';
import type { Api } from '../api/workbench.ts';
import { readZone } from '../../shared/model/zone.ts';
import { columnsSchema, restoreColumns } from './columns.ts';
import type { Reading } from './opening.ts';
import type { UiState, UiStore } from './ui-state.ts';

/** Time after the last change before a setting is written. */
const WRITE_MS = 400;

/** What of the window's state outlives it. The version is in the key; a value that does not fit is ignored. */
const SETTINGS = {
  'theme.1': {
    schema: z.enum(['system', 'light', 'dark']),
    of: (state: UiState) => state.theme,
    into: (value: 'system' | 'light' | 'dark'): Partial<UiState> => ({ theme: value }),
  },
  'rows.1': {
    schema: z.object({ compact: z.boolean() }),
    of: (state: UiState) => state.compact,
    into: (value: { compact: boolean }): Partial<UiState> => ({ compact: value.compact }),
  },
  'clock.1': {
    schema: z.enum(['utc', 'local']),
    of: (state: UiState) => state.clock,
    into: (value: 'utc' | 'local'): Partial<UiState> => ({ clock: value }),
  },
  'reading.1': {
    schema: z.object({
      recover: z.boolean(),
      // A zone that this machine does not know any more would stop every reading.
      zone: z.string().transform((zone) => readZone(zone) ?? 'UTC'),
    }),
    of: (state: UiState) => state.reading,
    into: (value: Reading): Partial<UiState> => ({ reading: value }),
  },
  'columns.1': {
    schema: columnsSchema,
    of: (state: UiState) => state.columns,
    into: (value: z.infer<typeof columnsSchema>): Partial<UiState> => ({ columns: restoreColumns(value) }),
  },
  'layout.1': {
    schema: z.record(z.string(), z.record(z.string(), z.number())),
    of: (state: UiState) => state.layout,
    into: (value: Record<string, Record<string, number>>): Partial<UiState> => ({ layout: value }),
  },
  'pivot.1': {
    schema: z.number().positive().max(525_600),
    of: (state: UiState) => state.pivotMinutes,
    into: (value: number): Partial<UiState> => ({ pivotMinutes: value }),
  },
  'sql.1': {
    schema: z.object({ text: z.string(), history: z.array(z.string()) }),
    of: (state: UiState) => state.sql,
    into: (value: { text: string; history: string[] }): Partial<UiState> => ({ sql: value }),
  },
} as const;

type SettingKey = keyof typeof SETTINGS;

function stored(key: SettingKey, state: UiState): z.core.util.JSONType {
  const value = SETTINGS[key].of(state);
  // Plain data by construction: the store holds nothing else under these keys.
  return (key === 'rows.1' ? { compact: value } : value) as z.core.util.JSONType;
}

/** What stored settings say about the state; those that do not fit their schema say nothing. */
export function readSettings(all: Readonly<Record<string, unknown>>): Partial<UiState> {
  let result: Partial<UiState> = {};
  for (const setting of Object.keys(SETTINGS) as SettingKey[]) {
    const { schema, into } = SETTINGS[setting];
    const parsed = (schema as z.ZodType).safeParse(all[setting]);
    if (parsed.success) result = { ...result, ...(into as (value: unknown) => Partial<UiState>)(parsed.data) };
  }
  return result;
}

/** Reads the settings into the store, then writes each that changes. */
export async function keepSettings(api: Api, store: UiStore): Promise<void> {
  const all = await api.call('settings.get', {});
  if (all.ok) {
    const lists = all.value['placeholders.1'];
    store.setState({ ...readSettings(all.value), ...(typeof lists === 'string' ? { placeholders: lists } : {}) });
  }
  const timers = new Map<SettingKey, ReturnType<typeof setTimeout>>();
  store.subscribe((state, before) => {
    for (const key of Object.keys(SETTINGS) as SettingKey[]) {
      if (SETTINGS[key].of(state) === SETTINGS[key].of(before)) continue;
      clearTimeout(timers.get(key));
      timers.set(
        key,
        setTimeout(() => void api.call('settings.set', { key, value: stored(key, store.getState()) }), WRITE_MS),
      );
    }
  });
}
