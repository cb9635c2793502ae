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
