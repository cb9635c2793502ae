import { describe, expect, it } from 'vitest';
import { readRules } from '../catalog/read.ts';
import { commentOut } from './comment-out.ts';
import { applyEdits } from './rename.ts';

const RULE = `title: x
logsource: { product: windows }
detection:
  selection:
    Image|endswith:
      - '\\\\a.exe'
      - '\\\\b.exe' # both
    User: kim
  listed:
    - Image: c
      User: lee
  alone:
    Image: d
  condition: selection or listed or alone
`;

/** The text with the test that is written as `start` turned into comments. */
function without(start: string): string | undefined {
  const at = RULE.indexOf(start);
  const next = RULE.slice(at).search(/\n(?= {0,4}\S| {6}User)/);
  const edit = commentOut(RULE, { start: at, end: at + next });
  return edit && applyEdits(RULE, [edit]);
}

describe('turning a test into a comment', () => {
  it('leaves the other tests as they are', () => {
    expect(without('Image|endswith')).toBe(
      RULE.replace('    Image|endswith', '    # Image|endswith')
        .replace("      - '\\\\a", "    #   - '\\\\a")
        .replace("      - '\\\\b", "    #   - '\\\\b"),
    );
    for (const start of ['Image|endswith', 'User: kim', 'User: lee']) {
      const { rules, diagnostics } = readRules(without(start) ?? '');
      expect([start, diagnostics, rules.length]).toEqual([start, [], 1]);
    }
  });

  it('is not offered where a dash stands before it, or the selection would be empty', () => {
    expect(without('Image: c')).toBeUndefined();
    expect(without('Image: d')).toBeUndefined();
  });
});
