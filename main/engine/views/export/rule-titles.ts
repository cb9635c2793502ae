import { inSlices, type Pace } from '../../pace.ts';
import type { RowSource } from '../rows.ts';

const NONE: readonly string[] = [];

/** Which enabled rules hit each event, as it was when this was made. Titles are JSON texts. */
export class RuleTitles {
  private constructor(
    private readonly titles: readonly string[],
    /** Rules of event i: `rules` at [starts[i], starts[i + 1]). */
    private readonly starts: Int32Array,
    private readonly rules: Int32Array,
  ) {}

  /** Gives undefined where it was cancelled. */
  static async make({ events, rules }: RowSource, pace: Pace): Promise<RuleTitles | undefined> {
    const enabled = rules.rules().filter((rule) => rule.enabled && rule.hits.count > 0);
    const titles = enabled.map(({ rule }) => JSON.stringify(rule.title));
    const { count } = events.table;
    if (enabled.length === 0) return new RuleTitles(titles, new Int32Array(0), new Int32Array(0));
    const hits = enabled.map((rule) => rule.hits.events().slice());
    const starts = new Int32Array(count + 1);
    const each = async (take: (event: number, rule: number) => void): Promise<boolean> => {
      for (const [rule, list] of hits.entries()) {
        const isThrough = await inSlices(list.length, pace, (from, to) => {
          for (let i = from; i < to; i++) take(list[i] as number, rule);
        });
        if (!isThrough) return false;
      }
      return true;
    };
    if (!(await each((event) => (starts[event + 1] = (starts[event + 1] as number) + 1)))) return undefined;
    for (let event = 0; event < count; event++) {
      starts[event + 1] = (starts[event + 1] as number) + (starts[event] as number);
    }
    const filled = starts.slice();
    const byEvent = new Int32Array(starts[count] as number);
    const isFilled = await each((event, rule) => {
      const at = filled[event] as number;
      filled[event] = at + 1;
      byEvent[at] = rule;
    });
    return isFilled ? new RuleTitles(titles, starts, byEvent) : undefined;
  }

  of(event: number): readonly string[] {
    if (event + 1 >= this.starts.length) return NONE;
    const start = this.starts[event] as number;
    const end = this.starts[event + 1] as number;
    return start === end ? NONE : Array.from(this.rules.subarray(start, end), (rule) => this.titles[rule] as string);
  }
}
