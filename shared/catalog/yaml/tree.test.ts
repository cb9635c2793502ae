import { describe, expect, it } from 'vitest';
import { entryOf, readYaml, type YamlMap } from './tree.ts';

describe('texts in quotes whose further lines are not indented', () => {
  const source = ['title: One', "query: 'first", 'second', "it''s third'", 'tags:', '  - last'].join('\n');

  it('are read, with places in the source', () => {
    const [document] = readYaml(source);
    expect(document?.diagnostics).toEqual([]);
    const root = document?.root as YamlMap;
    const query = entryOf(root, 'query')?.value;
    expect(query).toMatchObject({ kind: 'scalar', text: "first second it's third" });
    if (query?.kind !== 'scalar') throw new Error('no scalar');
    expect(source.slice(query.at(6), query.at(12))).toBe('second');
    expect(source.slice(query.at(18), query.at(23))).toBe('third');
    expect(entryOf(root, 'tags')?.value).toMatchObject({ kind: 'list' });
  });

  it('are read in double quotes, several of them', () => {
    const [document] = readYaml('a: "x\ny \\" z"\nb: "1\n2"\n');
    expect(document?.diagnostics).toEqual([]);
    expect(entryOf(document?.root as YamlMap, 'a')?.value).toMatchObject({ text: 'x y " z' });
    expect(entryOf(document?.root as YamlMap, 'b')?.value).toMatchObject({ text: '1 2' });
  });

  it('leave a quote that is really never closed a fault, where it stands', () => {
    const [document] = readYaml("a: 'x\nb: y\n");
    expect(document?.diagnostics.map(({ message }) => message)).toContain("YAML: Missing closing 'quote");
    const [other] = readYaml("a: 'x\nb: 'y'\nc: z\n");
    expect(other?.diagnostics.length).toBeGreaterThan(0);
  });
});

describe('texts that would take too long or too deep a reading', () => {
  const faults = (source: string) => readYaml(source).flatMap(({ diagnostics }) => diagnostics);

  it('are read in a time that grows with their length', () => {
    const [many] = readYaml(Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n'));
    expect((many?.root as YamlMap).entries).toHaveLength(50_000);
    const [aliases] = readYaml(`a: &a x\nb: [${Array.from({ length: 20_000 }, () => '*a').join(', ')}]`);
    expect(aliases?.diagnostics).toEqual([]);
    expect(entryOf(aliases?.root as YamlMap, 'b')?.value).toMatchObject({ kind: 'list' });
  });

  it('are refused with a place where they are nested too deeply', () => {
    const block = Array.from({ length: 4000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    for (const source of [block, `a: ${'['.repeat(20_000)}`, 'a: &a [*a]']) {
      expect(faults(source).map(({ message }) => message)).toContainEqual(expect.stringContaining('nested too deeply'));
    }
  });

  it('tell the first faults and how many more there are', () => {
    const found = faults(Array.from({ length: 2000 }, (_, i) => `k${i}: 'x`).join('\n'));
    expect(found).toHaveLength(51);
    expect(found.at(-1)?.message).toMatch(/^YAML: there are [\d,]+ more faults from here on$/);
  });

  it('give an alias the meaning that its name had there', () => {
    const [document] = readYaml('a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: *nothing\n');
    const root = document?.root as YamlMap;
    expect(entryOf(root, 'b')?.value).toMatchObject({ text: '1' });
    expect(entryOf(root, 'd')?.value).toMatchObject({ text: '2' });
    expect(document?.diagnostics.length).toBeGreaterThan(0);
  });
});
