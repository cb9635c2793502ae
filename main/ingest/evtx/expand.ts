import { Budget, type Allowance } from './allowance.ts';
import { BinXmlReader, type Attribute, type Element, type Node, type Part } from './binxml.ts';
import type { Chunk } from './container/chunk.ts';
import { Damage } from './container/damage.ts';
import { Instance, TYPE_ARRAY, TYPE_BINXML, TYPE_NULL } from './instance.ts';
import type { Template, TemplateStore } from './template.ts';
import type { ValueReader } from './value.ts';

/**
 * Makes the whole tree of one record, values in place of substitutions, whatever its structure: several fragments,
 * elements without a template, nested values at any place, arrays. Slower than running a template's program, but it
 * knows no shape it cannot take; the XML view is made from it too.
 *
 * An element that holds nothing but an array stands once for each item, as Windows shows it. A substitution whose
 * value is null leaves nothing. A value of type BinXML is read where it stands; elsewhere arrays become their items,
 * joined with blanks.
 */
export class Expander {
  /** Whether the record at hand is from slack space, where templates are often lost. */
  isRecovering = false;

  constructor(
    private readonly chunk: Chunk,
    private readonly templates: TemplateStore,
    private readonly values: ValueReader,
    private readonly allowance: Allowance,
  ) {}

  /** The tree of the binary XML in [at, end). Throws Damage. */
  expand(at: number, end: number): Node[] {
    return this.#read(at, end, true, new Budget(this.allowance));
  }

  /** The tree of a value of type BinXML. Throws Damage. */
  expandNested(at: number, end: number): Node[] {
    return this.#read(at, end, false, new Budget(this.allowance));
  }

  /** Handles a template instance met while reading; also for definitions that contain one. */
  readonly onInstance = (at: number, end: number, budget: Budget, out: Node[]): number => {
    const instance = new Instance();
    instance.read(this.chunk, at, end);
    budget.descend('Templates', at);
    const template = this.templateOf(instance, budget);
    this.#bind(template.nodes, instance, budget, out);
    budget.depth++;
    return instance.end;
  };

  /**
   * The template of an instance. Throws Damage also where another template has taken its place. While recovering, a
   * template of the same id that was read elsewhere stands in, if only one such is known.
   */
  templateOf(instance: Instance, budget?: Budget): Template {
    try {
      const template = this.templates.at(instance.definition, budget, this.onInstance);
      if (template.id === instance.id) return template;
      throw new Damage("The record's template has been overwritten", instance.definition);
    } catch (error) {
      const other = this.isRecovering && error instanceof Damage ? this.templates.onlyOf(instance.id) : undefined;
      if (other) return other;
      throw error;
    }
  }

  #read(at: number, end: number, hasDependencyIds: boolean, budget: Budget): Node[] {
    budget.descend('Values', at);
    const nodes = new BinXmlReader(this.chunk, at, end, budget, this.onInstance).readAll(hasDependencyIds);
    budget.depth++;
    return nodes;
  }

  #bind(nodes: readonly Node[], instance: Instance, budget: Budget, out: Node[]): void {
    for (const node of nodes) {
      budget.takeNode(instance.definition);
      if (node.kind === 'element') this.#bindElement(node, instance, budget, out);
      else if (node.kind === 'substitution') this.#bindValue(node.index, instance, budget, out);
      else {
        if (node.kind === 'text') this.allowance.takeText(node.text.length);
        out.push(node);
      }
    }
  }

  #bindElement(element: Element, instance: Instance, budget: Budget, out: Node[]): void {
    const attributes = element.attributes.map((attribute) => this.#bindAttribute(attribute, instance, budget));
    const only = element.children.length === 1 ? element.children[0] : undefined;
    const index = only?.kind === 'substitution' && only.index < instance.count ? only.index : -1;
    const type = index < 0 ? TYPE_NULL : (instance.types[index] as number);
    if ((type & TYPE_ARRAY) !== 0 && (instance.sizes[index] as number) > 0) {
      this.#eachItem(index, instance, (part) => {
        budget.takeNode(instance.definition);
        out.push({ ...element, attributes, children: [part] });
      });
      return;
    }
    const children: Node[] = [];
    this.#bind(element.children, instance, budget, children);
    out.push({ ...element, attributes, children });
  }

  #bindAttribute(attribute: Attribute, instance: Instance, budget: Budget): Attribute {
    const parts: Node[] = [];
    budget.takeNode(instance.definition);
    this.#bind(attribute.parts, instance, budget, parts);
    return { name: attribute.name, parts: parts.filter(isPart) };
  }

  #bindValue(index: number, instance: Instance, budget: Budget, out: Node[]): void {
    // A number beyond the instance's values has no value, as null.
    if (index >= instance.count) return;
    const type = instance.types[index] as number;
    const at = instance.at[index] as number;
    const size = instance.sizes[index] as number;
    if (type === TYPE_BINXML) {
      const nodes = this.#read(at, at + size, false, budget);
      for (const node of nodes) out.push(node);
      return;
    }
    if ((type & TYPE_ARRAY) === 0) {
      if (this.values.hasText(type, size)) out.push({ kind: 'value', type, at, size });
      return;
    }
    let isFirst = true;
    this.#eachItem(index, instance, (part) => {
      budget.takeNode(instance.definition);
      if (!isFirst) out.push({ kind: 'text', text: ' ' });
      out.push(part);
      isFirst = false;
    });
  }

  #eachItem(index: number, instance: Instance, item: (part: Part) => void): void {
    const type = (instance.types[index] as number) & ~TYPE_ARRAY;
    this.values.eachItem(type, instance.at[index] as number, instance.sizes[index] as number, (at, size) => {
      item({ kind: 'value', type, at, size });
    });
  }
}

function isPart(node: Node): node is Part {
  return node.kind !== 'element' && node.kind !== 'instruction';
}
