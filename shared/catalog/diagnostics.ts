import type { Diagnostic } from '../model/rule.ts';
import type { Span } from '../model/span.ts';

/** Collects what is wrong with one rule, in the order of finding. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];

  constructor(known: readonly Diagnostic[] = []) {
    this.diagnostics.push(...known);
  }

  /** The rule cannot run. */
  error(code: string, message: string, span: Span): void {
    this.diagnostics.push({ severity: 'error', code, message, span });
  }

  warning(code: string, message: string, span: Span): void {
    this.diagnostics.push({ severity: 'warning', code, message, span });
  }

  info(code: string, message: string, span: Span): void {
    this.diagnostics.push({ severity: 'info', code, message, span });
  }

  get hasError(): boolean {
    return this.diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  }
}
