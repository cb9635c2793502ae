/**
 * Text of a new rule: valid, with the parts that every rule needs, and with a selection that matches nothing real.
 * @param now the date goes into the rule, in UTC.
 * @param id a new UUID.
 */
export function newRuleTemplate(now: Date, id: string): string {
  return `title: New rule
id: ${id}
status: experimental
description: What it detects, and why that matters
date: ${now.toISOString().slice(0, 10)}
tags:
    - attack.execution
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\\example.exe'
    condition: selection
falsepositives:
    - Unknown
level: medium
`;
}
