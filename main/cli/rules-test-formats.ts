import { basename, dirname } from 'node:path';
import type { RegressionResult, RegressionRun } from '../app/regression-run.ts';
import { printable } from './text.ts';

export type TestFormat = 'text' | 'json' | 'junit';

export interface TestCounts {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  /** Tests that could not be run, and info files that name none rightly. */
  readonly errors: number;
}

export function countsOf({ results, layoutFaults }: RegressionRun): TestCounts {
  const of = (outcome: string): number => results.filter((result) => result.outcome === outcome).length;
  return {
    tests: results.length,
    passed: of('passed'),
    failed: of('failed'),
    errors: of('error') + layoutFaults.length,
  };
}

/** The results in a format, ended by a line feed. */
export function regressionText(format: TestFormat, run: RegressionRun): string {
  switch (format) {
    case 'text':
      return [...run.results.map(textLine), ...run.layoutFaults.map(faultLine)].map((line) => `${line}\n`).join('');
    case 'json':
      return `${JSON.stringify(jsonReport(run), null, 2)}\n`;
    case 'junit':
      return junit(run);
  }
}

const WORDS = { passed: 'ok   ', failed: 'FAIL ', error: 'ERROR' } as const;

function textLine({ outcome, name, ruleTitle, ruleId, log, message, info, line }: RegressionResult): string {
  const what = `${WORDS[outcome]} ${printable(ruleTitle || ruleId)}: ${printable(name)} (${printable(basename(log))})`;
  return outcome === 'passed' ? what : `${what}\n      ${printable(info)}:${line}: ${printable(message)}`;
}

function faultLine({ info, line, message }: RegressionRun['layoutFaults'][number]): string {
  return `ERROR ${printable(info)}:${line}: ${printable(message)}`;
}

function jsonReport(run: RegressionRun): unknown {
  return {
    ...countsOf(run),
    results: run.results.map(({ wanted, ...result }) => ({
      ...result,
      expected: wanted === 0 ? 'none' : 'hit',
      wanted,
    })),
    faults: run.layoutFaults,
  };
}

/**
 * JUnit XML as build servers read it (valid by junit-10.xsd of Jenkins' xUnit plugin): a suite for each info file, a
 * case for each of its tests.
 */
function junit(run: RegressionRun): string {
  const { tests, failed, errors } = countsOf(run);
  const suites = new Map<string, RegressionResult[]>();
  for (const result of run.results) suites.set(result.info, [...(suites.get(result.info) ?? []), result]);
  const faults = new Map<string, string[]>();
  for (const { info, line, message } of run.layoutFaults) {
    faults.set(info, [...(faults.get(info) ?? []), `${info}:${line}: ${message}`]);
  }
  const time = run.results.reduce((sum, result) => sum + result.seconds, 0);
  const names = [...new Set([...suites.keys(), ...faults.keys()])];
  const body = names.map((info) => suiteXml(info, suites.get(info) ?? [], faults.get(info) ?? []));
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites name="rulewright rules test" tests="${tests + run.layoutFaults.length}" failures="${failed}"` +
    ` errors="${errors}" time="${time.toFixed(3)}">\n${body.join('')}</testsuites>\n`
  );
}

function suiteXml(info: string, results: readonly RegressionResult[], faults: readonly string[]): string {
  const count = (outcome: string): number => results.filter((result) => result.outcome === outcome).length;
  const time = results.reduce((sum, result) => sum + result.seconds, 0);
  const attributes = [
    `name="${xml(basename(dirname(info)))}"`,
    `tests="${results.length + faults.length}"`,
    `failures="${count('failed')}"`,
    `errors="${count('error') + faults.length}"`,
    `time="${time.toFixed(3)}"`,
    `file="${xml(info)}"`,
  ];
  const wrong = faults.map(
    (message) =>
      `    <testcase name="info.yml" classname="${xml(basename(dirname(info)))}" time="0">\n` +
      `      <error message="${xml(message)}" type="layout"/>\n    </testcase>\n`,
  );
  return `  <testsuite ${attributes.join(' ')}>\n${results.map(caseXml).join('')}${wrong.join('')}  </testsuite>\n`;
}

function caseXml({ name, rule, ruleId, seconds, outcome, message, log }: RegressionResult): string {
  const open = `    <testcase name="${xml(name)}" classname="${xml(ruleId)}" time="${seconds.toFixed(3)}">\n`;
  const element = outcome === 'failed' ? 'failure' : 'error';
  const wrong = outcome === 'passed' ? '' : `      <${element} message="${xml(message)}" type="${outcome}"/>\n`;
  const read = `      <system-out>rule: ${xml(rule)}&#10;log: ${xml(log)}</system-out>\n`;
  return `${open}${wrong}${read}    </testcase>\n`;
}

/** Text for XML: what XML 1.0 cannot hold becomes U+FFFD. */
function xml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- these are what XML cannot hold
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\n', '&#10;')
  );
}
