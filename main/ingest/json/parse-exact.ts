/** A JSON value in which every number is its source text. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Says where a text stops being JSON. */
export class JsonSyntaxError extends Error {
  /** @param position UTF-16 offset in the text. */
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Reads JSON (RFC 8259) and gives numbers as texts, exactly as written: `1.0`, `1e3` and 20-digit ids survive.
 * `JSON.parse` cannot do that (its source-text access is not in Node 20), and it does not always say where a text
 * breaks off. Several times slower: only for values that hold such numbers, and to find the place of a fault.
 * @param depthLimit levels of nesting, so that no text can exhaust the stack.
 * @throws JsonSyntaxError
 */
export function parseExact(text: string, depthLimit: number): JsonValue {
  const reader = new Reader(text);
  const value = reader.value(depthLimit);
  reader.space();
  if (reader.at < text.length) throw reader.unexpected('the end');
  return value;
}

class Reader {
  at = 0;
  constructor(private readonly text: string) {}

  space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  unexpected(wanted: string): JsonSyntaxError {
    const found = this.at < this.text.length ? JSON.stringify(this.text[this.at]) : 'the end';
    return new JsonSyntaxError(`expected ${wanted}, found ${found}`, this.at);
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const token = pattern.exec(this.text)?.[0];
    if (token !== undefined) this.at += token.length;
    return token;
  }

  /** By a loop, not by one expression: a starred group would run out of stack on a string of megabytes. */
  #string(): string {
    const start = this.at++;
    let escaped = false;
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === 34) break;
      if (unit === 92) {
        escaped = true;
        if (this.#token(ESCAPE) === undefined) this.#fail('a valid escape');
      } else if (unit >= 32) this.at++;
      else this.#fail('the end of a string'); // a control character, or NaN at the end of the text
    }
    this.at++;
    const token = this.text.slice(start, this.at);
    return escaped ? (JSON.parse(token) as string) : token.slice(1, -1);
  }

  #fail(wanted: string): never {
    throw this.unexpected(wanted);
  }

  value(depth: number): JsonValue {
    if (depth < 0) throw new JsonSyntaxError('nested too deeply', this.at);
    this.space();
    const first = this.text[this.at];
    switch (first) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
      case 'f':
      case 'n': {
        const word = this.#token(WORD);
        return word === undefined ? this.#fail('a value') : word === 'null' ? null : word === 'true';
      }
      default:
        return this.#token(NUMBER) ?? this.#fail('a value');
    }
  }

  #object(depth: number): JsonValue {
    // Without a prototype, so that a key `__proto__` is a key like any other.
    const object = Object.create(null) as Record<string, JsonValue>;
    this.at++;
    this.space();
    if (this.text[this.at] === '}') {
      this.at++;
      return object;
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.#fail('a field name in quotes');
      const key = this.#string();
      this.space();
      if (this.text[this.at] !== ':') this.#fail("':'");
      this.at++;
      object[key] = this.value(depth - 1);
      this.space();
      const next = this.text[this.at];
      if (next !== ',' && next !== '}') this.#fail("',' or '}'");
      this.at++;
      if (next === '}') return object;
    }
  }

  #array(depth: number): JsonValue {
    const array: JsonValue[] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === ']') {
      this.at++;
      return array;
    }
    for (;;) {
      array.push(this.value(depth - 1));
      this.space();
      const next = this.text[this.at];
      if (next !== ',' && next !== ']') this.#fail("',' or ']'");
      this.at++;
      if (next === ']') return array;
    }
  }
}
