import { SaxesParser } from 'saxes';

/** Values of one template that are read. */
const FIELD_LIMIT = 1024;

/**
 * Names of a template's values in the order of `%1`, `%2`, …, from the XML that `Get-WinEvent -ListProvider` gives as
 * an event's `Template`: `<template><data name="…"/>…</template>`. A structure's members have no place of their own.
 * Undefined where it isn't such XML.
 */
export function templateFields(xml: string): string[] | undefined {
  const fields: string[] = [];
  let depth = 0;
  const seen = { isTemplate: false, isBroken: false };
  const parser = new SaxesParser();
  parser.on('error', () => {
    seen.isBroken = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth++;
    if (depth === 1) seen.isTemplate = name === 'template';
    const field = attributes['name'];
    if (depth === 2 && (name === 'data' || name === 'struct') && fields.length < FIELD_LIMIT) fields.push(field ?? '');
  });
  parser.on('closetag', () => {
    depth--;
  });
  parser.write(xml).close();
  return seen.isBroken || !seen.isTemplate ? undefined : fields;
}
