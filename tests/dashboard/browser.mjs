// A browser whose pages must not complain, and a judge of how they suit everybody.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.SOSW_SCREENSHOTS; // a folder, for people who want to look

export const widths = [1440, 820, 390];

export class Browser {
  static async open() {
    const browser = new Browser();
    // The sandbox of the browser needs rights that containers do not give; it only sees pages of ours.
    browser.chromium = await chromium.launch({ executablePath: process.env.SOSW_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
    return browser;
  }

  /// A page with a cookie jar of its own. `complaints` gathers what the console and scripts say is wrong.
  async page(base, { width = 1440, colorScheme = 'light' } = {}) {
    const context = await this.chromium.newContext({ baseURL: base, viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.complaints = [];
    page.on('console', message => message.type() === 'error' && page.complaints.push(message.text()));
    page.on('pageerror', error => page.complaints.push(String(error)));
    page.on('request', request => {
      if (!request.url().startsWith(base) && !request.url().startsWith('data:')) page.complaints.push(`asks ${request.url()}`);
    });
    return page;
  }

  close() {
    return this.chromium.close();
  }
}

export function assertNoComplaints(page) {
  assert.deepEqual(page.complaints, []);
}

/// What axe-core finds that is serious or worse.
export async function seriousFindings(page) {
  // Read by the test, not by the page: its Content-Security-Policy stays as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter(found => ['serious', 'critical'].includes(found.impact))
    .map(found => `${found.id}: ${found.help} (${found.nodes.map(node => node.target.join(' ')).slice(0, 5).join(', ')})`);
}

/// Whether the page itself is wider than the window; tables may be, within their own box.
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

export async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
