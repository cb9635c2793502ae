import type { Expr, Predicate } from '../../../../model/predicate.ts';
import { patternRegex } from '../../../run/patterns.ts';
import { splitWildcards, type Piece } from '../../../syntax/wildcards.ts';
import { mapPredicates } from '../../common/lowering.ts';

/** Fields that Elasticsearch splits into words: `field:word` is then no comparison of the whole value. */
const WORD_FIELDS = /^message$|\.text$|(?:^|\.)script_block_text$/;

/**
 * The one of them whose words are plain: Winlogbeat and Elastic's integration cut a PowerShell script at everything
 * but ASCII letters, digits, underscores and hyphens (analyzer `powershell_script_analyzer`, `[\W&&[^-]]+`), and
 * compare words in lower case.
 */
const SCRIPT_FIELD = /^powershell\.file\.script_block_text$/;

const WORD = '[\\w-]';
const BEGIN = '(?:^|[^\\w-])';
const END = '(?:$|[^\\w-])';

export function isWordField(field: string): boolean {
  return WORD_FIELDS.test(field);
}

/** Why a test of a field's words can't be run; undefined where `runnableWords` gives what it means. */
export function wordObstacle(field: string, pieces: readonly Piece[], isQuoted: boolean): string | undefined {
  if (!isWordField(field)) return undefined;
  const reason = `The rule searches for words in ${field}`;
  if (!SCRIPT_FIELD.test(field)) return reason;
  if (isQuoted) return undefined;
  // Unquoted, any of several words is enough; and wildcards are compared with single words.
  const isOneWord = pieces.every((piece) => 'wild' in piece || /^[\w-]+$/.test(piece.literal));
  return isOneWord ? undefined : reason;
}

/**
 * An expression in which tests of a script's words are regular expressions that hold for the same texts. Words of a
 * phrase follow one another, with anything between them that is no word.
 */
export function runnableWords(expr: Expr): Expr {
  return mapPredicates(expr, (predicate) => {
    if (!SCRIPT_FIELD.test(predicate.field) || predicate.values.length === 0) return predicate;
    const patterns = predicate.values.map(({ text, span }) => ({ text: patternOf(predicate, text), span }));
    return { ...predicate, op: 'match', values: patterns, caseSensitive: false, regexFlags: 'i' };
  });
}

function patternOf({ op }: Predicate, text: string): string {
  if (op === 'eq') {
    const words = text.match(/[\w-]+/g);
    // A phrase without any word is found nowhere.
    return words ? BEGIN + words.join('[^\\w-]+') + END : '[^\\s\\S]';
  }
  const pieces: readonly Piece[] = op === 'wildcard' ? splitWildcards(text) : [{ literal: text }];
  const isOpen = { begin: op === 'contains' || op === 'ends_with', end: op === 'contains' || op === 'starts_with' };
  return (isOpen.begin ? '' : BEGIN) + patternRegex(pieces, WORD) + (isOpen.end ? '' : END);
}
