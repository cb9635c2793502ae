/** How many texts are kept at most. */
const LIMIT = 1 << 15;
/** Longer ones are made anew each time. */
const LONGEST = 512;

/** Texts made of refs, the ones made lately kept: in a log most values come again soon. */
export class RecentTexts {
  readonly #known = new Map<number, string>();

  /** @param make gives the text of a ref. */
  constructor(private readonly make: (ref: number) => string) {}

  of(ref: number): string {
    const known = this.#known.get(ref);
    if (known !== undefined) return known;
    const text = this.make(ref);
    if (text.length > LONGEST) return text;
    if (this.#known.size === LIMIT) this.#known.clear();
    this.#known.set(ref, text);
    return text;
  }
}
