import { handler as control } from '../control/index.ts';
import { handler as health } from '../health/index.ts';
import type { ProxyEvent, ProxyResult } from '../http/proxy-event.ts';
import { handler as operations } from '../operations/index.ts';
import { handler as status } from '../status/index.ts';
import { servedBy } from './served-by.ts';

const HANDLERS = { control, health, operations, status };

/** Serves the whole control API and the maintenance page, where one function has all of it. */
export const handler = (event: ProxyEvent, context: unknown): Promise<ProxyResult> =>
  HANDLERS[servedBy(event.path)](event, context);
