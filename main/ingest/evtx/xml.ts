import type { Node, Part } from './binxml.ts';
import type { ValueReader } from './value.ts';

/** Characters of one event's XML; nothing readable is longer. */
const XML_LIMIT = 4 << 20;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 cannot hold even as references. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * Writes a record's tree as indented XML, as Event Viewer shows it: an element with only text on one line.
 * Characters that XML forbids become U+FFFD.
 */
export function writeXml(nodes: readonly Node[], values: ValueReader): string {
  const lines: string[] = [];
  let length = 0;
  const put = (depth: number, text: string): void => {
    lines.push('  '.repeat(depth) + text);
    length += text.length + depth * 2 + 1;
  };

  const partText = (part: Part): string => {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'substitution') return '';
    values.begin();
    return values.append(part.type, part.at, part.size) ? values.endText() : '';
  };
  const partsText = (parts: readonly Part[]): string => escapeXml(parts.map(partText).join(''));

  const write = (node: Node, depth: number): void => {
    if (length > XML_LIMIT) return;
    if (node.kind === 'instruction') {
      put(depth, `<?${node.target} ${node.data}?>`);
      return;
    }
    if (node.kind !== 'element') {
      const text = partsText([node]);
      if (text.trim() !== '') put(depth, text);
      return;
    }
    const tag = node.name + node.attributes.map(({ name, parts }) => attributeText(name, parts)).join('');
    const only: Part[] = [];
    for (const child of node.children) if (child.kind !== 'element' && child.kind !== 'instruction') only.push(child);
    if (only.length === node.children.length) {
      const text = partsText(only);
      put(depth, text === '' ? `<${tag}/>` : `<${tag}>${text}</${node.name}>`);
      return;
    }
    put(depth, `<${tag}>`);
    for (const child of node.children) write(child, depth + 1);
    if (length <= XML_LIMIT) put(depth, `</${node.name}>`);
  };
  /** An attribute whose value is null is left out, as Windows does. */
  const attributeText = (name: string, parts: readonly Part[]): string =>
    parts.length === 0 ? '' : ` ${name}="${partsText(parts)}"`;

  for (const node of nodes) write(node, 0);
  if (length > XML_LIMIT) lines.push(`<!-- cut here: the event's XML has more than ${XML_LIMIT} characters -->`);
  return lines.join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ESCAPES[char] as string).replace(FORBIDDEN, '\ufffd');
}
