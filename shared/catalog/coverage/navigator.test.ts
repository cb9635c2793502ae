import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildIndex } from '../index/catalog-index.ts';
import { rule } from '../index/rule.test-data.ts';
import { coverageOf } from './coverage.ts';
import { navigatorLayer } from './navigator.ts';

const color = z.string().regex(/^#[0-9a-f]{6}(?:[0-9a-f]{2})?$/i);
const facts = z.array(
  z.union([
    z.strictObject({ name: z.string().min(1), value: z.string().min(1) }),
    z.strictObject({ divider: z.boolean() }),
  ]),
);

/** Layer format 4.5, from its definition (attack-navigator, layers/LAYERFORMATv4_5.md). */
const layerSchema = z.strictObject({
  name: z.string().min(1),
  versions: z.strictObject({
    attack: z
      .string()
      .regex(/^\d+(?:\.\d+)?$/)
      .optional(),
    navigator: z.string().regex(/^(?:4\.(?:9|\d\d)|[5-9])\.\d+(?:\.\d+)?$/),
    layer: z.literal('4.5'),
  }),
  description: z.string().optional(),
  domain: z.enum(['enterprise-attack', 'mobile-attack', 'ics-attack']),
  filters: z.strictObject({ platforms: z.array(z.string()) }).optional(),
  sorting: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).optional(),
  layout: z
    .strictObject({
      layout: z.enum(['side', 'flat', 'mini']),
      showID: z.boolean(),
      showName: z.boolean(),
      showAggregateScores: z.boolean(),
      countUnscored: z.boolean(),
      aggregateFunction: z.enum(['average', 'min', 'max', 'sum']),
      expandedSubtechniques: z.enum(['none', 'all', 'annotated']),
    })
    .partial()
    .optional(),
  hideDisabled: z.boolean().optional(),
  techniques: z
    .array(
      z.strictObject({
        techniqueID: z.string().regex(/^T\d{4}(?:\.\d{3})?$/),
        tactic: z.string().optional(),
        comment: z.string().optional(),
        enabled: z.boolean().optional(),
        score: z.number().optional(),
        color: color.optional(),
        metadata: facts.optional(),
        showSubtechniques: z.boolean().optional(),
      }),
    )
    .optional(),
  gradient: z
    .strictObject({ colors: z.array(color).min(2), minValue: z.number(), maxValue: z.number() })
    .refine(({ minValue, maxValue }) => maxValue > minValue)
    .optional(),
  legendItems: z.array(z.strictObject({ label: z.string(), color })).optional(),
  metadata: facts.optional(),
});

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';

describe('the layer of a case', () => {
  const entries = [
    rule('hit', [], { techniques: ['T1003.001'], events: [{ channel: 'Security', eventId: 4688 }] }),
    rule('ready', [], { techniques: ['T1572'], events: [{ channel: 'Security', eventId: 4688 }] }),
    rule('absent', [], { techniques: ['T1055'], events: [{ channel: SYSMON, eventId: 8 }] }),
    rule('unknown', [], { techniques: ['T1110'], events: [] }),
    rule('odd', [], { techniques: ['T1110.9'], events: [] }),
  ];
  const hit = { key: 'r1', id: 'hit', title: 'hit', file: 'hit.yml', techniques: ['T1003.001'] };
  const open = {
    kinds: [{ channel: 'Security', provider: '', eventId: 4688, events: 5 }],
    rules: [{ ...hit, isRun: true, cannotFire: null, hits: 4 }],
  };
  const layer = navigatorLayer(coverageOf(buildIndex(entries), open, { scope: 'all' }, ['T9999']), 'Case', [
    { name: 'Scope', value: 'all' },
    { name: 'Nothing', value: '' },
  ]);

  it('is one of format 4.5', () => {
    expect(layerSchema.parse(JSON.parse(JSON.stringify(layer)))).toEqual(layer);
  });

  it('scores techniques by how far their rules come, and has none without rules', () => {
    expect(layer.techniques.map(({ techniqueID, score }) => [techniqueID, score])).toEqual([
      ['T1003', 3],
      ['T1003.001', 3],
      ['T1055', 1],
      ['T1110', 0],
      ['T1572', 2],
    ]);
    expect(layer.gradient).toMatchObject({ minValue: 0, maxValue: 3 });
    expect(layer.gradient.colors).toHaveLength(4);
    expect(layer.legendItems.map(({ color: one }) => one)).toEqual(layer.gradient.colors);
  });

  it('says what is missing', () => {
    const absent = layer.techniques.find(({ techniqueID }) => techniqueID === 'T1055');
    expect(absent?.comment).toContain('lack the events');
    expect(absent?.metadata).toContainEqual({ name: 'Events missing', value: `${SYSMON} 8` });
    expect(layer.metadata).toEqual([{ name: 'Scope', value: 'all' }]);
  });
});
