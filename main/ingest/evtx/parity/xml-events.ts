import type { Attribute, Element, Node } from '../binxml.ts';

/**
 * For tests: the Event elements of XML text as an independent reader wrote it, as trees. Knows what such readers write
 * and no more: tags, attributes in double quotes, the five entities, character references.
 */
export function parseEvents(text: string): Element[] {
  const events: Element[] = [];
  const open: { name: string; attributes: Attribute[]; children: Node[] }[] = [];
  const pattern = /<\/([^\s>]+)>|<([^\s/>!?]+)((?:\s+[^\s=]+="[^"]*")*)\s*(\/?)>|<[?!][^>]*>|([^<]+)/g;
  for (const [, closed, name, attributes = '', selfClosed, chars] of text.matchAll(pattern)) {
    const parent = open.at(-1);
    if (chars !== undefined) {
      if (parent) parent.children.push({ kind: 'text', text: unescape(chars) });
    } else if (closed !== undefined) {
      const element = open.pop();
      if (element?.name !== closed) throw new Error(`</${closed}> closes ${element?.name ?? 'nothing'}`);
      finish(element);
    } else if (name !== undefined) {
      const element = { name, attributes: parseAttributes(attributes), children: [] };
      if (selfClosed) finish(element);
      else open.push(element);
    }
  }
  return events;

  function finish(element: { name: string; attributes: Attribute[]; children: Node[] }): void {
    const parent = open.at(-1);
    const done: Element = { kind: 'element', ...element };
    if (parent) parent.children.push(done);
    else if (done.name === 'Event') events.push(done);
  }
}

function parseAttributes(text: string): Attribute[] {
  return [...text.matchAll(/([^\s=]+)="([^"]*)"/g)].map(([, name = '', value = '']) => ({
    name,
    parts: [{ kind: 'text', text: unescape(value) }],
  }));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (all, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
