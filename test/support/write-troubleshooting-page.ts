/** Writes the page that lists which test proves which row of the troubleshooting guide. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROVEN } from '../e2e/troubleshooting/rows.ts';
import { troubleshootingPage } from './troubleshooting-page.ts';

writeFileSync(
  path.resolve(import.meta.dirname, '../../docs/troubleshooting-tests.md'),
  troubleshootingPage(PROVEN),
);
