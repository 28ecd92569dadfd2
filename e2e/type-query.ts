import type { Page } from 'playwright-core';

/** Searches for it in the side bar, opened first where it is a drawer, and waits until the search has come to an end. */
export async function typeQuery(page: Page, query: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('searchbox', { name: 'Search titles and messages' });
  await field.fill(query);
  await page
    .getByRole('status')
    .getByText(/\d messages?|No chat has|Only the titles/)
    .waitFor({ state: 'attached' });
}
