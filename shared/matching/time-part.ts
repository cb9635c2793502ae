import type { TimePart } from '../model/predicate.ts';
import { parseInstant } from '../model/time.ts';

/** Monday-based ISO 8601 week of a date, 1 to 53. */
function isoWeek(date: Date): number {
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const thursday = new Date(day + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  return Math.ceil(((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
}

/** A part of the time that a text holds (ISO 8601, UTC where it has no offset); undefined where it holds none. */
export function timePartOf(text: string, part: TimePart): number | undefined {
  const instant = parseInstant(text);
  if (!instant) return undefined;
  const date = new Date(Math.floor(instant.us / 1000));
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}
