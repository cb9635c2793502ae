import { describe, expect, it } from 'vitest';
import { detectDialect } from './detect.ts';

describe('the dialect of a YAML file', () => {
  it.each([
    ['title: a\ndetection:\n  s: {a: 1}\n', 'sigma'],
    ['"title": a\n"detection":\n  s: {a: 1}\n', 'sigma'],
    ['{"title": "a", "logsource": {"product": "windows"}, "detection": {"s": {"a": 1}, "condition": "s"}}', 'sigma'],
    ['{name: a, query: "T | where a == 1"}', 'kusto'],
    ['title: [\n', 'sigma'],
    ['title: a\n  level: high\n', 'sigma'],
    ['title: a\n---\nb: "open\n', 'sigma'],
    ['name: build\non: push\n', undefined],
    ['- a\n- detection: b\n', undefined],
    ['# a comment\n', undefined],
    ['', undefined],
  ])('%j', (text, dialect) => {
    expect(detectDialect(text, 'rule.yml')).toBe(dialect);
  });
});
