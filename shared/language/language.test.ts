import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRules } from '../catalog/read.ts';
import { checkText } from './check.ts';
import { completeAt } from './complete/complete.ts';
import { NO_HINTS, type CompletionItem, type OpenEvents } from './complete/item.ts';
import { fieldWanted, isInFilter } from './complete/values.ts';
import { contextAt } from './text/context.ts';
import { editDistance, nearestWords } from './edit-distance.ts';
import { hoverAt } from './hover.ts';
import {
  fieldsFor,
  readCommonFields,
  readKnownLogsources,
  readTactics,
  readTechniques,
  type Knowledge,
} from './facts/knowledge.ts';
import { readOutline } from './text/outline.ts';
import { quickFixes } from './quick-fix.ts';
import { escapeSigma, quoteYaml } from './text/quote.ts';
import { applyEdits, renameSelection } from './rename.ts';
import { SAMPLE } from './sample.test-data.ts';
import { conditionOf, selectionsOf, wordMeans } from './text/selections.ts';
import { foldsOf, symbolsOf } from './symbols.ts';
import { newRuleTemplate } from './template.ts';

const mapping = (name: string): string =>
  readFileSync(new URL(`../../rules/mappings/${name}`, import.meta.url), 'utf8');
const knowledge: Knowledge = {
  techniques: readTechniques(mapping('attack-techniques.tsv')),
  tactics: readTactics(mapping('attack-tactics.tsv')),
  logsources: readKnownLogsources(mapping('logsources.yaml')),
  commonFields: readCommonFields(mapping('common-fields.tsv')),
};
const open: OpenEvents = {
  fields: ['Image', 'CommandLine', 'OddField'],
  values: [
    { value: 'C:\\Windows\\cmd.exe', events: 30 },
    { value: 'D:\\cmd.exe', events: 4 },
    { value: "it's *", events: 1 },
  ],
  hints: NO_HINTS,
  today: '2025-06-02',
  newId: () => '11111111-2222-4333-8444-555555555555',
};

/** The same logs beside a catalog. */
const hinted: OpenEvents = {
  ...open,
  hints: {
    techniques: ['T1572'],
    fields: [
      { names: ['SeenElsewhere', 'OddField'], rules: 9, vendors: 2, how: [{ op: 'contains', rules: 8 }] },
      { names: ['Unseen', 'UnseenToo'], rules: 1, vendors: 1, how: [{ op: 'eq', rules: 1 }] },
    ],
    values: [
      { op: 'ends_with', value: '\\plink.exe', rules: 5, vendors: 3, events: 0 },
      { op: 'ends_with', value: '\\CMD.exe', rules: 2, vendors: 1, events: 34 },
      { op: 'contains', value: 'a*b', rules: 1, vendors: 1, events: null },
    ],
  },
};

/** Completes at the bar in a text. */
function complete(marked: string, from = open): { items: readonly CompletionItem[]; text: string; labels: string[] } {
  const offset = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const items = completeAt(readOutline(text), offset, knowledge, from);
  return { items, text, labels: items.map((item) => item.label) };
}

function accept(marked: string, label: string, from = open): string {
  const { items, text } = complete(marked, from);
  const item = items.find((each) => each.label === label);
  if (!item) throw new Error(`no ${label} among ${items.map((each) => each.label).join(', ')}`);
  return applyEdits(text, [{ replace: item.replace, text: item.insert }]);
}

const rule = (detection: string): string =>
  `title: x\nlogsource:\n    category: process_creation\n    product: windows\ndetection:\n${detection}`;

const NO_MAPPINGS = () => {
  throw new Error('a Sigma rule needs no mappings of other vendors');
};
const check = (text: string, { techniques }: Knowledge) =>
  checkText({ text, fileName: 'rule.yml' }, { techniques, mappings: NO_MAPPINGS });

describe('outline', () => {
  it('finds selections and the condition over several lines', () => {
    const outline = readOutline(SAMPLE);
    expect(selectionsOf(outline, 0).map((each) => each.name)).toEqual([
      'selection_img',
      'selection_cli',
      'filter_main_admin',
    ]);
    expect(
      conditionOf(outline, 0)
        ?.words.map((word) => word.text)
        .join(' '),
    ).toBe('all of selection_* and not 1 of filter_main_*');
  });

  it('covers every text: lines in order, parents before children', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab:- \n\t#|>\'"[]{}*,\r')) }), (text) => {
        const { lines } = readOutline(text);
        let at = 0;
        lines.forEach((line, index) => {
          expect(line.start).toBeGreaterThanOrEqual(at);
          expect(line.end).toBeGreaterThanOrEqual(line.start);
          expect(line.parent).toBeLessThan(index);
          at = line.end;
        });
        expect(at).toBe(text.length);
      }),
    );
  });

  it('agrees with the YAML reader on selections of generated rules', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/).filter((each) => each !== 'condition' && each !== 'timeframe');
    const value = fc.constantFrom(
      "'a: b'",
      '"x # y"',
      'plain',
      '|-\n            two\n            lines',
      '[a, b]',
      '5',
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1 }), (entries) => {
        const body = entries.map(([key, each]) => `    ${key}:\n        Image: ${each}\n`).join('');
        const text = rule(`${body}    condition: 1 of them\n`);
        const read = readRules(text).rules[0]?.selections.map((selection) => selection.name);
        expect(selectionsOf(readOutline(text), 0).map((selection) => selection.name)).toEqual(read);
      }),
    );
  });
});

describe('completion', () => {
  it('offers fields from two sources, those of both first', () => {
    const { labels, items } = complete(rule('    selection:\n        ‸\n'));
    expect(labels.slice(0, 2)).toEqual(['Image', 'CommandLine']);
    expect(items[0]?.detail).toBe('open logs · process_creation');
    expect(items.find((item) => item.label === 'OddField')?.detail).toBe('open logs');
    expect(items.find((item) => item.label === 'ParentImage')?.detail).toBe('process_creation');
    expect(labels).not.toContain('QueryName');
  });

  it('offers only modifiers that may follow', () => {
    expect(complete(rule('    selection:\n        Image|‸: x\n')).labels).toContain('contains');
    const afterRe = complete(rule('    selection:\n        Image|re|‸: x\n')).labels;
    expect(afterRe).toContain('i');
    expect(afterRe).not.toContain('contains');
    expect(complete(rule('    selection:\n        Image|contains|‸\n')).labels).not.toContain('i');
  });

  it('offers values as the modifiers compare them, with counts, written so that they match literally', () => {
    const { items } = complete(rule('    selection:\n        Image|endswith:‸\n'));
    expect(items.map(({ label, detail }) => [label, detail])).toContainEqual(['\\cmd.exe', '34 events']);
    expect(accept(rule('    selection:\n        Image|endswith:‸\n'), '\\cmd.exe')).toContain("endswith: '\\cmd.exe'");
    const written = accept(rule('    selection:\n        Image: ‸\n'), "it's *");
    expect(written).toContain("Image: 'it''s \\*'");
    const { fields } = { fields: readRules(`${written}    condition: selection\n`).rules[0]?.condition };
    expect(fields).toMatchObject({ op: 'eq', values: [{ text: "it's *" }] });
  });

  it('offers what other rules test beside what the logs have, each once, with both counts', () => {
    const values = complete(rule("    selection:\n        Image|endswith: '‸'\n"), hinted).items;
    expect(values.map(({ insert, detail }) => [insert, detail])).toEqual([
      ["'\\cmd.exe'", '2 rules · 34 events'],
      ["'\\plink.exe'", '5 rules of 3 vendors · 0 events'],
      ["'it''s \\*'", '1 event'],
    ]);
    expect(accept(rule('    selection:\n        Image|contains: ‸\n'), 'a*b', hinted)).toContain(
      "Image|contains: 'a\\*b'",
    );
    expect(
      complete(rule('    selection:\n        Image|re: ‸\n'), hinted).items.every(({ doc }) => doc === undefined),
    ).toBe(true);
    const fields = complete(rule('    selection:\n        ‸\n'), hinted).items;
    expect(fields[0]).toMatchObject({ label: 'OddField', detail: '9 rules of 2 vendors · open logs' });
    expect(
      fields.filter(({ label }) => /Unseen|Elsewhere/.test(label)).map(({ label, detail }) => [label, detail]),
    ).toEqual([['Unseen', '1 rule']]);
    expect(complete(rule('    selection:\n        OddField|‸\n'), hinted).items[0]).toMatchObject({
      label: 'contains',
    });
  });

  it('asks for exclusions in a filter', () => {
    const inFilter = (marked: string): boolean =>
      isInFilter(contextAt(readOutline(marked.replace('‸', '')), marked.indexOf('‸')));
    expect(inFilter(rule('    filter_main_x:\n        Image: ‸\n'))).toBe(true);
    expect(inFilter(rule('    filter_main_x:\n        ‸\n'))).toBe(true);
    expect(inFilter(rule('    selection:\n        Image: ‸\n'))).toBe(false);
  });

  it('replaces the value in its quotes and nothing else', () => {
    const text = accept(rule("    selection:\n        Image|endswith:\n            - 'cm‸d' # why\n"), '\\cmd.exe');
    expect(text).toBe(rule("    selection:\n        Image|endswith:\n            - '\\cmd.exe' # why\n"));
  });

  it('follows the grammar of the condition', () => {
    const base = '    selection_a:\n        Image: x\n    selection_b:\n        Image: y\n    condition: ';
    expect(complete(rule(`${base}‸\n`)).labels).toEqual(
      expect.arrayContaining(['selection_a', 'not', '1 of selection_*']),
    );
    expect(complete(rule(`${base}selection_a ‸\n`)).labels).toEqual(['and', 'or']);
    expect(complete(rule(`${base}selection_a and 1 of ‸\n`)).labels).toEqual(
      expect.arrayContaining(['selection_*', 'them']),
    );
    expect(complete(rule(`${base}selection_a and\n        sel‸\n`)).labels).toContain('selection_b');
    expect(complete(rule(`${base}all ‸\n`)).labels).toEqual(['of']);
  });

  it('offers top-level keys that are not there, words, log sources and techniques', () => {
    expect(complete('title: x\n‸').labels).not.toContain('title');
    expect(accept('title: x\nlev‸', 'level')).toBe('title: x\nlevel: $0');
    expect(complete('level: ‸').labels).toEqual(['informational', 'low', 'medium', 'high', 'critical']);
    expect(accept('tags:\n    - ‸', 'attack.t1572')).toBe('tags:\n    - attack.t1572');
    expect(complete('tags: [attack.t1572, ‸]').items.find((item) => item.label === 'attack.t1090')?.detail).toBe(
      'Proxy',
    );
    const services = complete('logsource:\n    product: windows\n    service: ‸\n');
    expect(services.labels).toContain('security');
    expect(services.labels).not.toContain('auditd');
    expect(complete('date: ‸').labels).toEqual(['2025-06-02']);
  });

  it('has nothing to offer in comments, free text and block scalars', () => {
    for (const text of ['title: ab‸', '# ti‸', 'description: |\n    wo‸', 'author: x # a‸']) {
      expect(complete(text).labels).toEqual([]);
    }
  });

  it('never throws and stays within the text, for every prefix of a rule', () => {
    for (let end = 0; end <= SAMPLE.length; end++) expectSound(SAMPLE.slice(0, end), end);
    for (let at = 0; at <= SAMPLE.length; at++) expectSound(SAMPLE, at);
  });

  it('never throws on mutated rules, nor do the other services', () => {
    const piece = fc.constantFrom(
      '\n',
      ' ',
      '    ',
      ':',
      ': ',
      '- ',
      '|',
      "'",
      '"',
      '[',
      ']',
      '{',
      '#',
      '*',
      '%',
      '\t',
      '---\n',
      'not ',
      '',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(SAMPLE.length), fc.nat(12), piece), { minLength: 1, maxLength: 4 }),
        fc.nat(SAMPLE.length),
        (changes, at) => {
          let text = SAMPLE;
          for (const [from, length, inserted] of changes)
            text = text.slice(0, from) + inserted + text.slice(from + length);
          const outline = readOutline(text);
          expectSound(text, Math.min(at, text.length));
          hoverAt(outline, at, knowledge);
          foldsOf(outline);
          symbolsOf(outline);
          for (const problem of check(text, knowledge)) {
            expect(problem.span.start).toBeGreaterThanOrEqual(0);
            expect(problem.span.end).toBeLessThanOrEqual(text.length);
            for (const fix of quickFixes(text, problem, open.newId)) {
              for (const { replace } of fix.edits) {
                expect(0 <= replace.start && replace.start <= replace.end && replace.end <= text.length).toBe(true);
              }
            }
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});

function expectSound(text: string, at: number): void {
  const outline = readOutline(text);
  fieldWanted(contextAt(outline, at));
  for (const { replace } of completeAt(outline, at, knowledge, open)) {
    const isSound = 0 <= replace.start && replace.start <= at && at <= replace.end && replace.end <= text.length;
    if (!isSound) expect({ text, at, replace }).toBe('a range around the cursor, within the text');
    if (text.slice(replace.start, replace.end).includes('\n'))
      expect({ text, at, replace }).toBe('a range on one line');
  }
}

describe('quick fixes', () => {
  /** Applies the preferred fix of the first problem with a code, and gives the text and its remaining codes. */
  function mend(text: string, code: string): { text: string; codes: string[] } {
    const problem = check(text, knowledge).find((each) => each.code === code);
    if (!problem) throw new Error(`no ${code} in ${JSON.stringify(check(text, knowledge))}`);
    const fixes = quickFixes(text, problem, open.newId);
    const fix = fixes.find((each) => each.isPreferred) ?? fixes[0];
    if (!fix) throw new Error(`no fix for ${code}`);
    const mended = applyEdits(text, fix.edits);
    return { text: mended, codes: check(mended, knowledge).map((each) => each.code) };
  }
  const full = (detection: string, top = ''): string =>
    `title: x\nid: ${open.newId()}\nlevel: low\nlogsource:\n    category: process_creation\n${top}detection:\n${detection}`;

  it.each([
    ['sigma-unknown-modifier', full("    a:\n        Image|endwith: 'x'\n    condition: a\n"), 'Image|endswith'],
    [
      'sigma-modifier-chain',
      full('    a:\n        Image|contains|startswith: x\n    condition: a\n'),
      'Image|contains: x',
    ],
    [
      'sigma-unknown-selection',
      full('    selection:\n        Image: x\n    condition: selecton\n'),
      'condition: selection',
    ],
    [
      'sigma-unused-selection',
      full('    a:\n        Image: x\n    filter_b:\n        Image: y\n    condition: a\n'),
      'a and not filter_b',
    ],
    [
      'sigma-missing-condition',
      full('    a:\n        Image: x\n    filter:\n        User: y\n'),
      'condition: a and not filter',
    ],
    ['yaml-unknown-alias', full('    a:\n        Image: *\\x.exe\n    condition: a\n'), "Image: '*\\x.exe'"],
    ['yaml-syntax', full('    a:\n        Image: %temp%\n    condition: a\n'), "Image: '%temp%'"],
    ['yaml-syntax', full('    a:\n        CommandLine: x: y\n    condition: a\n'), "CommandLine: 'x: y'"],
    ['yaml-syntax', full('    a:\n        Image: "C:\\Windows"\n    condition: a\n'), "Image: 'C:\\Windows'"],
    ['yaml-syntax', full("    a:\n        Image: 'C:\\Windows\n    condition: a\n"), "Image: 'C:\\Windows'"],
    ['yaml-syntax', full('\ta:\n\t\tImage: x\n\tcondition: a\n'), '    a:\n        Image: x\n    condition: a'],
    ['lint-colon-blank', full('    a:\n        Image:x.exe\n    condition: a\n'), 'Image: x.exe'],
    ['lint-unknown-key', full('    a:\n        Image: x\n    condition: a\n', 'refrences:\n    - a\n'), 'references:'],
  ])('%s', (code, text, wanted) => {
    const { text: mended, codes } = mend(text, code);
    expect(mended).toContain(wanted);
    expect(codes).not.toContain(code);
    expect(codes).not.toContain('yaml-syntax');
  });

  it('adds what is missing at its place', () => {
    const noId = mend(
      'title: x\nlevel: low\nlogsource:\n    product: windows\ndetection:\n    a:\n        b: c\n    condition: a\n',
      'lint-missing-id',
    );
    expect(noId.text).toContain(`title: x\nid: ${open.newId()}\nlevel`);
    const noLevel = mend(
      `title: x\nid: ${open.newId()}\nlogsource:\n    product: windows\ndetection:\n    a:\n        b: c\n    condition: a\n`,
      'lint-missing-level',
    );
    expect(noLevel.codes).toEqual([]);
    const noSource = mend(
      `title: x\nid: ${open.newId()}\nlevel: low\ndetection:\n    a:\n        b: c\n    condition: a\n`,
      'sigma-missing-logsource',
    );
    expect(noSource.codes).toEqual([]);
  });

  it('leaves the template alone: it has no problem', () => {
    expect(check(newRuleTemplate(new Date(0), open.newId()), knowledge)).toEqual([]);
  });
});

describe('rename', () => {
  it('changes definition and condition, and nothing else', () => {
    const at = SAMPLE.indexOf('filter_main_admin') + 3;
    const renamed = renameSelection(SAMPLE, at, 'filter_jump');
    expect(renamed.ok && applyEdits(SAMPLE, renamed.edits)).toBe(SAMPLE.replace('filter_main_admin:', 'filter_jump:'));
    const text = rule('    a:\n        b: a\n    condition: a and not (a or aa)\n');
    const both = renameSelection(text, text.indexOf('not (a') + 5, 'tunnel');
    expect(both.ok && applyEdits(text, both.edits)).toBe(
      rule('    tunnel:\n        b: a\n    condition: tunnel and not (tunnel or aa)\n'),
    );
  });

  it('refuses names that are taken or mean something', () => {
    const at = SAMPLE.indexOf('selection_cli');
    for (const name of ['selection_img', 'and', 'two words', '1', 'condition']) {
      expect(renameSelection(SAMPLE, at, name).ok).toBe(false);
    }
  });
});

describe('words', () => {
  it('measures edits', () => {
    expect(editDistance('endwith', 'endswith', 3)).toBe(1);
    expect(editDistance('ab', 'ba', 3)).toBe(1);
    expect(nearestWords('contians', ['contains', 'cased'])).toEqual(['contains']);
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => editDistance(a, b, 99) === editDistance(b, a, 99)));
  });

  it('writes any text as YAML that reads back, and as a Sigma value that means just that text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from(`ab1 \\*?'":#%-[{\t\n`)) }),
        fc.constantFrom('' as const, "'" as const, '"' as const),
        (text, quote) => {
          const written = rule(`    a:\n        Image: ${quoteYaml(escapeSigma(text), quote)}\n    condition: a\n`);
          const { condition, diagnostics } = readRules(written).rules[0] ?? {};
          expect(diagnostics?.filter((each) => each.severity === 'error')).toEqual([]);
          expect(condition).toMatchObject({ op: 'eq', values: [{ text }] });
        },
      ),
    );
  });

  it('matches names with patterns', () => {
    expect(wordMeans('selection_*', 'selection_a')).toBe(true);
    expect(wordMeans('*_a*b', 'x_a_b')).toBe(true);
    expect(wordMeans('a*a', 'a')).toBe(false);
  });

  it('knows the fields of a log source, the most specific first', () => {
    expect(fieldsFor(knowledge.commonFields, { category: 'dns_query', product: 'windows' })[0]).toBe('QueryName');
  });
});
