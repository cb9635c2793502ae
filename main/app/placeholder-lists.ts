import { ok, type Result } from '../../shared/model/fault.ts';
import type { RuleFile } from '../engine/api.ts';
import type { EngineCallMap } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';
import { placeholderFault, placeholderFile } from './placeholder-files.ts';
import type { SettingsStore } from './settings-store.ts';

/** Key of the settings. The window reads it there. */
const KEY = 'placeholders.1';
const NAME = 'Placeholders';

/** The user's lists for placeholders: one YAML text among the settings, which the engine gets before rules. */
export class PlaceholderLists {
  constructor(
    private readonly settings: SettingsStore,
    private readonly engine: ThreadClient<EngineCallMap>,
  ) {}

  /** What to pass on before rule files; empty where there are no lists. */
  files(): readonly RuleFile[] {
    const text = this.settings.values[KEY];
    return typeof text === 'string' && text !== '' ? [placeholderFile(text, NAME, NAME)] : [];
  }

  /** Takes lists in place of those before; rules that are loaded and expand placeholders are read again. */
  async set(text: string): Promise<Result<null>> {
    const file = placeholderFile(text, NAME, NAME);
    const fault = placeholderFault(file);
    if (fault) return { ok: false, fault };
    const kept = await this.settings.set(KEY, text === '' ? null : text);
    if (!kept.ok) return kept;
    const loaded = await this.engine.call('loadRules', { files: [file] });
    return loaded.ok ? ok(null) : loaded;
  }
}
