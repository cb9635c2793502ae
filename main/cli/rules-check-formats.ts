import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import type { RuleCheck, RuleFinding } from '../scan/api.ts';
import { printable } from './text.ts';

export type CheckFormat = 'text' | 'json' | 'sarif';

/** The findings in a format, ended by a line feed where there are any. */
export function findingsText(format: CheckFormat, check: RuleCheck, version: string): string {
  switch (format) {
    case 'text':
      return check.findings.map((finding) => `${textLine(finding)}\n`).join('');
    case 'json':
      return `${JSON.stringify(check, null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifLog(check.findings, version), null, 2)}\n`;
  }
}

/** `file:line:column: severity: message [code] (rule id)`, as compilers write it. */
function textLine({ file, line, column, severity, code, message, ruleId }: RuleFinding): string {
  const rule = ruleId === null || ruleId === '' ? '' : ` (${printable(ruleId)})`;
  return `${printable(file)}:${line}:${column}: ${severity}: ${printable(message)} [${code}]${rule}`;
}

const SARIF_LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0 (OASIS): one run, a reporting rule for each code, and a region for each finding. */
function sarifLog(findings: readonly RuleFinding[], version: string): unknown {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const first = new Map(findings.map((finding) => [finding.code, finding]).reverse() as [string, RuleFinding][]);
  const rules = codes.map((code) => ({
    id: code,
    shortDescription: { text: titleOf(code) },
    defaultConfiguration: { level: SARIF_LEVELS[first.get(code)?.severity ?? 'warning'] },
  }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Rulewright', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => sarifResult(finding, codes.indexOf(finding.code))),
      },
    ],
  };
}

function sarifResult(finding: RuleFinding, ruleIndex: number): unknown {
  const { file, line, column, endLine, endColumn, severity, code, message, ruleId } = finding;
  return {
    ruleId: code,
    ruleIndex,
    level: SARIF_LEVELS[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    ...(ruleId === null ? {} : { properties: { detectionRuleId: ruleId } }),
  };
}

/** An absolute path becomes a file URI, a relative one a relative reference, each part percent-encoded. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}

/** `sigma-unknown-modifier` as `Sigma unknown modifier`. */
function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
