import { SaxesParser } from 'saxes';
import type { FieldList } from '../events/field-list.ts';

/** Elements of a value without parts, as [MS-PSRP] 2.2.5.1 names them. */
const SCALARS = new Set('S C B DT TS By SB U16 I16 U32 I32 U64 I64 Sg Db D BA G URI XD SBK Version SS Ref'.split(' '));
/** Objects within each other. */
const DEPTH_LIMIT = 64;

/**
 * Reads one object that PowerShell's Export-Clixml wrote: its properties by their names. Of a property that is an object
 * itself, its text or, where it is a list, its plain members.
 * @returns why it could not be read, and how many characters before that; undefined where it was.
 */
export function readClixmlObject(
  text: string,
  into: FieldList,
): { readonly message: string; readonly position: number } | undefined {
  let problem: { message: string; position: number } | undefined;
  /** Names of the objects and elements around, '' for those without. */
  const open: { readonly tag: string; readonly name: string }[] = [];
  let depth = 0;
  let value = '';
  const parser = new SaxesParser({ fragment: false, xmlns: false, position: true });
  const fail = (message: string): void => {
    problem ??= { message, position: parser.position };
  };
  parser.on('error', (error) => {
    fail(error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, ''));
  });
  parser.on('opentag', ({ name: tag, attributes }) => {
    if (open.length >= DEPTH_LIMIT) fail(`more than ${DEPTH_LIMIT} elements within each other`);
    else open.push({ tag, name: attributes.N ?? '' });
    if (tag === 'Obj') depth++;
    value = '';
  });
  parser.on('text', (part) => {
    value += part;
  });
  parser.on('closetag', ({ name: tag }) => {
    const element = open.pop();
    if (tag === 'Obj') depth--;
    else if (element && !problem) {
      const property = depth === 1 ? element.name : depth === 2 ? nameOfObject(open) : '';
      const isValue = SCALARS.has(tag) && (depth === 1 || open.at(-1)?.tag === 'LST');
      if (property !== '' && (isValue || (tag === 'ToString' && depth === 2))) into.add(property, plain(value));
    }
    value = '';
  });
  parser.write(text).close();
  return problem;
}

function nameOfObject(open: readonly { readonly tag: string; readonly name: string }[]): string {
  for (let i = open.length - 1; i >= 0; i--) if (open[i]?.tag === 'Obj') return open[i]?.name ?? '';
  return '';
}

/** Characters that are written as `_x000D_`, [MS-PSRP] 2.2.5.3.2. */
function plain(text: string): string {
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
