import type { RuleLine } from '../../../shared/ipc/contract.ts';
import type { EventKind, Logsource } from '../../../shared/model/rule.ts';
import type { EventTable } from '../../columns/event-table.ts';
import type { LoadedRule, RuleSet } from './rule-set.ts';

/** The rules of a set as the window lists them. */
export function ruleLines(rules: RuleSet, table: EventTable): RuleLine[] {
  const kinds = kindsOf(table);
  return rules.rules().map((loaded) => {
    const { rule } = loaded;
    const notRun = rules.notRun(loaded).map((one) => ({ ...one, span: { ...one.span } }));
    const canSay = notRun.length === 0 && loaded.hits.count === 0 && !rule.filter;
    const warnings = notRun.length > 0 ? [] : rules.notesOf(loaded).map((one) => ({ ...one, span: { ...one.span } }));
    return {
      rule: loaded.key,
      id: rule.id,
      title: rule.title,
      level: rule.level,
      status: rule.status,
      vendor: rule.vendor,
      kind: rule.filter ? 'filter' : rule.correlation ? 'correlation' : 'rule',
      author: rule.author,
      description: rule.description,
      techniques: [...rule.techniques],
      logsource: logsourceText(rule.logsource),
      file: loaded.file.name,
      enabled: loaded.enabled,
      notRun,
      warnings,
      cannotFire: canSay ? rules.cannotFire(loaded, kinds) : null,
      hits: loaded.hits.count,
      hosts: hostCount(loaded, table),
    };
  });
}

/** Grows with every new kind of event and every new field: what a rule can or cannot fire on hangs on these only. */
function kindsOf(table: EventTable): number {
  return table.shapes.reduce((sum, shape) => sum + shape.fields.length + 1, table.heads.length);
}

/** For display: product, category and service, as far as given, or the events themselves. */
function logsourceText({ product, category, service, kinds }: Logsource): string {
  const events = kinds && [...new Set(kinds.map(eventsText))].join(', ');
  return [product, category, service, events].filter((part) => part !== undefined && part !== '').join(' / ');
}

/** Such as `Sysmon 1`. */
function eventsText({ channel = [], events = [] }: EventKind): string {
  const name = channel.map((one) => one.replace(/^Microsoft-Windows-/, '').replace(/\/Operational$/, '')).join(', ');
  return [name, ...events].join(' ');
}

function hostCount(rule: LoadedRule, table: EventTable): number {
  const hosts = new Set<number>();
  for (const event of rule.hits.events()) hosts.add(table.computer.data[event] as number);
  return hosts.size;
}
