/** Names that the language and Node ask any object for; they are absent, not missing from the stand-in. */
const LANGUAGE = new Set<PropertyKey>(['then', 'toJSON', 'constructor', 'domain', '__esModule', 'default', 'nodeType']);

/**
 * Wraps an object so that what the stand-in lacks fails loudly, with its name, instead of being `undefined`: code
 * that starts to use more of Electron must not pass here by accident.
 */
export function guard<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      if (typeof key === 'symbol' || key in object || LANGUAGE.has(key)) {
        const value: unknown = Reflect.get(object, key, receiver);
        return value;
      }
      throw new Error(`not in the stand-in: ${name}.${key}`);
    },
  });
}

/**
 * The same for all instances of a class. The guard stands at the end of their chain of prototypes, so that only
 * names which nothing has arrive there, and private members work.
 */
export function guardInstances(name: string, made: { readonly prototype: object }): void {
  const parent = Object.getPrototypeOf(made.prototype) as object;
  Object.setPrototypeOf(made.prototype, guard(name, parent));
}
