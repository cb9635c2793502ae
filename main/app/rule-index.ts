import { readRules } from '../../shared/catalog/read.ts';
import type { RuleFile } from '../engine/api.ts';

/** A rule's own id or name at the beginning of a line. */
const LABEL = /^(?:id|name):[ \t]*(["']?)(\S[^\r\n#]*?)\1[ \t]*(?:#.*)?$/gm;

/** Finds the rule files that a rule needs, without reading thousands of rules in full. */
export class RuleIndex {
  readonly #byLabel = new Map<string, RuleFile[]>();
  readonly #filters: RuleFile[];

  constructor(files: readonly RuleFile[]) {
    for (const file of files) {
      for (const [, , label = ''] of file.text.matchAll(LABEL)) {
        const known = this.#byLabel.get(label);
        if (known) known.push(file);
        else this.#byLabel.set(label, [file]);
      }
    }
    this.#filters = files.filter(({ text }) => /^filter:/m.test(text));
  }

  /** The files of a rule, of all rules that it refers to, and of all global filters; empty where there is no such rule. */
  filesFor(id: string): RuleFile[] {
    const found = new Set<RuleFile>();
    const visit = (label: string): void => {
      for (const file of this.#byLabel.get(label) ?? []) {
        if (found.has(file)) continue;
        found.add(file);
        if (!/^correlation:/m.test(file.text)) continue;
        for (const { correlation } of readRules(file.text, file.name).rules) {
          for (const part of correlation?.parts ?? []) if (part.kind === 'reference') visit(part.name);
        }
      }
    };
    visit(id);
    if (found.size > 0) for (const file of this.#filters) found.add(file);
    return [...found];
  }
}
