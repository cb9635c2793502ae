import { EventTable } from '../columns/event-table.ts';
import type { EventBatch } from '../columns/batch.ts';
import type { RuleFile, SourceStart } from '../engine/api.ts';
import type { CreateMatching } from '../match/api.ts';
import { ONLY_FOR_CORRELATION } from '../match/linking/link-plan.ts';
import type { BatchTarget } from '../worker/ingest/batch-receiver.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import type { Diagnostic, RuleText } from '../../shared/model/rule.ts';
import { positionAt, type Span } from '../../shared/model/span.ts';
import type { RuleCheck, RuleFinding } from './api.ts';

/** Bytes of distinct values after which no more are needed: only kinds of events and their fields are. */
const DICTIONARY_LIMIT = 128 << 20;

interface CheckOptions {
  readonly files: readonly RuleFile[];
  readonly readRules: (text: string, fileName: string) => RuleText;
  readonly createMatching: CreateMatching;
  /** Holds the mappings, see `rules/`. */
  readonly contentFolder: string;
}

/**
 * Says everything that is wrong with rules, and, after it has seen logs, which of them can never fire there. Of the
 * logs it keeps only which kinds of events there are, and their fields.
 */
export class RuleChecker implements BatchTarget {
  #table = new EventTable();
  #sources = 0;
  #events = 0;

  constructor(private readonly options: CheckOptions) {}

  nextSource(): number {
    return this.#sources;
  }

  startSource(_start: SourceStart): void {
    this.#sources++;
  }

  endSource(): void {
    // The receiver has the reports.
  }

  append(batch: EventBatch): Result<null> {
    if (batch.restart && this.#table.dictionary.byteLength > DICTIONARY_LIMIT) this.#table = kindsOnly(this.#table);
    this.#table.append(batch);
    this.#table.clearEvents();
    this.#events += batch.count;
    return ok(null);
  }

  /** Reads and compiles the rules. What can't fire is told only where there were events. */
  check(): RuleCheck {
    const { files, readRules, createMatching, contentFolder } = this.options;
    const findings = new Findings();
    const texts = files.map((file) => readRules(file.text, file.name));
    const owners = texts.flatMap(({ rules }, i) => rules.map(() => files[i] as RuleFile));
    const rules = texts.flatMap((text) => text.rules);
    const plan = createMatching(this.#table, contentFolder).compile(rules);
    texts.forEach(({ diagnostics }, i) => {
      for (const diagnostic of diagnostics) findings.add(files[i] as RuleFile, diagnostic, null);
    });
    const firstOf = new Map<string, { file: RuleFile; span: Span }>();
    rules.forEach((rule, index) => {
      const file = owners[index] as RuleFile;
      const all = [...rule.diagnostics, ...(plan.notRun.get(index) ?? []), ...(plan.notes.get(index) ?? [])];
      for (const diagnostic of all) findings.add(file, diagnostic, rule.id);
      const first = firstOf.get(rule.id);
      if (first) {
        const { line } = positionAt(first.file.text, first.span.start);
        const message = `The same id as the rule at ${first.file.name}:${line}`;
        findings.add(file, { severity: 'warning', code: 'duplicate-rule-id', message, span: rule.span }, rule.id);
      } else firstOf.set(rule.id, { file, span: rule.span });
      const isSilent = all.some(({ code }) => code === ONLY_FOR_CORRELATION);
      if (this.#events === 0 || isSilent || plan.notRun.has(index)) return;
      const reason = plan.cannotFire(index);
      if (reason === null) return;
      const message = `Cannot fire on these logs: ${reason}`;
      findings.add(file, { severity: 'info', code: 'cannot-fire', message, span: rule.span }, rule.id);
    });
    return {
      files: files.length,
      rules: rules.length,
      run: rules.length - plan.notRun.size,
      notRun: plan.notRun.size,
      findings: findings.sorted(files),
    };
  }
}

/** Collects findings, each place and message once: documents with a common base share its faults. */
class Findings {
  readonly #byKey = new Map<string, RuleFinding>();

  add(file: RuleFile, { severity, code, message, span }: Diagnostic, ruleId: string | null): void {
    const key = JSON.stringify([file.path, span.start, span.end, code, message]);
    if (this.#byKey.has(key)) return;
    const { line, column } = positionAt(file.text, span.start);
    const end = positionAt(file.text, Math.max(span.start, span.end));
    this.#byKey.set(key, {
      ...{ file: file.name, line, column, endLine: end.line, endColumn: end.column },
      ...{ severity, code, message, ruleId },
    });
  }

  /** By file in the order given, then by place. */
  sorted(files: readonly RuleFile[]): RuleFinding[] {
    const order = new Map(files.map((file, i) => [file.name, i]));
    const at = (finding: RuleFinding): number => order.get(finding.file) ?? files.length;
    return [...this.#byKey.values()].sort((a, b) => at(a) - at(b) || a.line - b.line || a.column - b.column);
  }
}

/** A table with the same kinds of events and fields, without any value. */
function kindsOnly(table: EventTable): EventTable {
  const copy = new EventTable();
  for (const { channel, provider, eventId, fields } of table.shapes) {
    const shape = copy.shapeFor(channel, provider, eventId);
    for (const field of fields) copy.columnFor(shape, field);
  }
  for (const head of table.heads) copy.headFor(head);
  return copy;
}
