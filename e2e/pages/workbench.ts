import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { z } from 'zod';

const samples = path.join(import.meta.dirname, '..', '..', 'rules', 'samples');

/** What the shipped sample holds, and which records its starter rules must hit, by rule id. */
export const sample = z
  .object({ totalEvents: z.number(), hits: z.record(z.string(), z.array(z.object({ recordId: z.number() }))) })
  .parse(JSON.parse(readFileSync(path.join(samples, 'tunnel-incident.manifest.json'), 'utf8')));

export type Activity = 'Timeline' | 'Hits' | 'Rules' | 'Sources' | 'Catalog' | 'SQL' | 'Coverage';

/** The window as its user knows it: what is there to see and to do, found by role and name. */
export class WorkbenchPage {
  readonly page: Page;
  readonly status: Locator;
  readonly engine: Locator;
  readonly events: Locator;
  readonly eventsInView: Locator;
  readonly detail: Locator;
  readonly editor: Locator;
  readonly sources: Locator;

  constructor(page: Page) {
    this.page = page;
    this.status = page.getByRole('contentinfo', { name: 'Status' });
    this.engine = this.status.getByRole('status', { name: 'Engine' });
    this.events = page.getByRole('grid', { name: 'Events' });
    this.eventsInView = page.getByRole('status', { name: 'Events in view' });
    this.detail = page.getByRole('region', { name: 'Event details' });
    this.editor = page.getByRole('region', { name: 'Rule editor' });
    this.sources = page.getByRole('table', { name: 'Files' });
  }

  /** Opens the sample incident and waits until it is read and its rules have run. */
  async openSample(): Promise<void> {
    await this.page.getByRole('button', { name: /^Open the sample incident/ }).click();
    await this.settled(sample.totalEvents);
    await expect(this.eventsInView).toHaveText(`${count(sample.totalEvents)} events`);
  }

  async openLogs(): Promise<void> {
    await this.page
      .getByRole('button', { name: /^Open logs/ })
      .first()
      .click();
  }

  async show(activity: Activity): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Activities' }).getByRole('button', { name: activity }).click();
  }

  /** Waits until nothing runs, and that many events are open. */
  async settled(events: number): Promise<void> {
    await expect(this.status).toContainText(`${count(events)} ${events === 1 ? 'event' : 'events'}`);
    await expect(this.engine).toHaveText('Engine idle');
  }

  /** The row of a rule in the rules view. */
  rule(title: string): Locator {
    return this.page.getByRole('grid', { name: 'Rules' }).getByRole('row').filter({ hasText: title });
  }

  /** The row of a file in the ledger. */
  source(name: string): Locator {
    return this.sources.getByRole('row').filter({ has: this.page.locator(`[title="${name}"]`) });
  }

  /** Replaces the text of the rule in the editor, as by pasting (typing would indent lines by itself). */
  async writeRule(text: string): Promise<void> {
    const input = this.editor.getByRole('textbox').first();
    await input.focus();
    await this.page.keyboard.press('ControlOrMeta+A');
    await input.evaluate((element, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }
}

/** A number as the window writes it. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
